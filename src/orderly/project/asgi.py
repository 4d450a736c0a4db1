import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from orderly.edge.tracing import TrustedProxies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderly.project.settings")

application = TrustedProxies(get_asgi_application(), trusted=settings.TRUSTED_PROXIES)

# Views are imported now, so that a broken one stops the start, and nobody's first request waits for it.
len(get_resolver().url_patterns)
