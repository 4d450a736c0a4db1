"""What a browser would run or obey in a page of ours, though the policy forbids it."""

from html.parser import HTMLParser

from django.http import HttpResponse

from orderly.edge.pdf import PDF

DATA = "application/json"
ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post")


class Inline(HTMLParser):
    """Collects scripts, styles and handlers that stand in the page itself, and addresses that lead elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != DATA):
            self.found.append(tag)
        self.found += [name for name in given if name == "style" or name.startswith(("on", "hx-on"))]
        self.found += [given[name] for name in ADDRESSES if not _ours(given.get(name, ""))]


class Bubbling(HTMLParser):
    """Collects forms in which the browser would say by itself, in its own language, what is missing."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._form: dict[str, str | None] = {"novalidate": None}  # a piece of one is judged where its form is

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._form = given
        elif "required" in given and "novalidate" not in self._form:
            self.found.append(f"{self._form.get('action')} {given.get('name')}")


def _ours(address: str) -> bool:
    return address.startswith(("#", "?", "tel:", "data:image/svg+xml")) or (
        ":" not in address and not address.startswith("//")
    )


def bubbling(response: HttpResponse) -> list[str]:
    parser = Bubbling()
    parser.feed(response.content.decode())
    return parser.found


def inline(response: HttpResponse) -> list[str]:
    parser = Inline()
    if response.get("Content-Type") != PDF:
        parser.feed(response.content.decode())
    return parser.found
