import os
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from orderly.core.memory import keep_loaded
from orderly.edge.tracing import TrustedProxies
from orderly.project.wire import Bounded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderly.project.settings")

pages = Bounded(get_asgi_application(), most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

from orderly.live.sockets import application as sockets  # noqa: E402 — only now: its modules need Django


async def by_protocol(scope: Any, receive: Any, send: Any) -> None:
    await (sockets if scope["type"] == "websocket" else pages)(scope, receive, send)


application = TrustedProxies(by_protocol, trusted=settings.TRUSTED_PROXIES)

# Views are imported now, so that a broken one stops the start, and nobody's first request waits for it.
len(get_resolver().url_patterns)
keep_loaded()
