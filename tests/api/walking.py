"""The operations of the API as its own document lists them, and what each needs to be called."""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from tests.api.client import ROOT, Caller, document
from tests.api.practice import Practice
from tests.architecture.calls import CALLS
from tests.architecture.calls.made import Call


@dataclass(frozen=True)
class Operation:
    """`path` as in the document, with parameters in braces."""

    method: str
    path: str
    said: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path.removeprefix(ROOT)}"

    @property
    def answer(self) -> Any:
        """What the document says of success."""
        return next(answer for status, answer in self.said["responses"].items() if status.startswith("2"))

    @property
    def is_list(self) -> bool:
        content = self.answer.get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").split("/")[-1]
        shape = document()["components"]["schemas"].get(name, {})
        return self.method == "GET" and set(shape.get("properties", {})) == {"items", "next"}

    def takes(self, parameter: str) -> bool:
        return any(one["name"] == parameter for one in self.said["parameters"])

    def call(self, practice: Practice, user: Any) -> Call:
        return CALLS[self.method, self.path](practice, user)

    def ids(self, path: str) -> list[str]:
        """The values of the path's parameters in a call."""
        found = re.fullmatch(re.sub(r"\\{\w+\\}", "([^/]+)", re.escape(self.path)), path.split("?")[0])
        assert found is not None
        return list(found.groups())


OPERATIONS = [
    Operation(method.upper(), path, said)
    for path, methods in document()["paths"].items()
    for method, said in methods.items()
]


def make(caller: Caller, operation: Operation, call: Call, **headers: str) -> HttpResponse:
    """The call as it is in the rows."""
    return caller.call(operation.method, call.path.removeprefix(ROOT), call.body, **headers)
