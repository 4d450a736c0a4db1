"""What a PDF says, as somebody copies it out."""

from io import BytesIO

from pypdf import PdfReader

MARKS = "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ZERO WIDTH SPACE}"
SPACES = dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"), " ") | dict.fromkeys(map(ord, MARKS))


def opened(document: bytes) -> PdfReader:
    return PdfReader(BytesIO(document))


def lines_of(document: bytes) -> list[str]:
    """The lines of all pages, with plain spaces and without marks that can't be seen."""
    text = "\n".join(page.extract_text() for page in opened(document).pages)
    return [line.translate(SPACES).strip() for line in text.splitlines()]
