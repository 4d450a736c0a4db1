from django.urls import URLPattern, URLResolver, include, path

from orderly.api.root import urls as api_urls
from orderly.support.urls import urls as support_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api_urls()),
    path("admin/", support_urls),
    path("", include("orderly.operations.urls")),
    path("", include("orderly.web.urls")),
]

handler400 = "orderly.web.errors.bad_request"
handler403 = "orderly.web.errors.forbidden"
handler404 = "orderly.web.errors.not_found"
handler500 = "orderly.web.errors.server_error"
