"""A visit to a socket within the test's own process, up to its first frames or its close."""

import asyncio
from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from orderly.project.asgi import application

ORIGIN = b"http://testserver"
PATIENCE = 10  # seconds


def visit(path: str, *, token: str = "", client: Client | None = None, **headers: bytes) -> dict[str, Any]:
    """What answers: the first frame, or how it was closed."""
    return asyncio.run(_visit(path, {**_shown(token, client), **headers}))


def _shown(token: str, client: Client | None) -> dict[str, bytes]:
    if token:
        return {"authorization": f"Bearer {token}".encode()}
    if client is None or settings.SESSION_COOKIE_NAME not in client.cookies:
        return {}
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"cookie": f"{settings.SESSION_COOKIE_NAME}={key}".encode(), "origin": ORIGIN, "host": b"testserver"}


async def _visit(path: str, headers: dict[str, bytes]) -> dict[str, Any]:
    path, _, query = path.partition("?")
    scope = {
        "type": "websocket",
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value) for name, value in headers.items()],
    }
    socket = ApplicationCommunicator(application, scope)
    await socket.send_input({"type": "websocket.connect"})
    answer = await socket.receive_output(PATIENCE)
    if answer["type"] == "websocket.accept":
        answer = await socket.receive_output(PATIENCE)
    await socket.send_input({"type": "websocket.disconnect", "code": 1000})
    await socket.wait(PATIENCE)
    return dict(answer)
