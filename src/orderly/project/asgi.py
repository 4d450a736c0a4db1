import os

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderly.project.settings")

application = get_asgi_application()

# Views are imported now, so that a broken one stops the start, and nobody's first request waits for it.
len(get_resolver().url_patterns)
