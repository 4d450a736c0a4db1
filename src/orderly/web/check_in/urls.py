from django.urls import path

from orderly.web.check_in import desk, own

urlpatterns = [
    path("desk/<uuid:appointment>", desk.check, name="check-in"),
    path("desk/<uuid:appointment>/link", desk.link, name="check-in-link"),
    path("here", own.here, name="check-in-here"),
    path("<str:secret>/", own.page, name="check-in-own"),
    path("<str:secret>/state", own.state, name="check-in-state"),
]
