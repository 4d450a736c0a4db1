from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from orderly.edge.guard import PUBLIC, guard
from orderly.web.account.views import home
from orderly.web.team.joining import accept, shown

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("calendar/", include("orderly.web.calendar.urls")),
    path("booking/", include("orderly.web.booking.urls")),
    path("patients/", include("orderly.web.patients.urls")),
    path("appointments/", include("orderly.web.appointments.urls")),
    path("pointing/", include("orderly.web.pointing.urls")),
    path("dashboard/", include("orderly.web.dashboard.urls")),
    path("lists/", include("orderly.web.lists.urls")),
    path("queue/", include("orderly.web.queue.urls")),
    path("display/", include("orderly.web.display.urls")),
    path("check-in/", include("orderly.web.check_in.urls")),
    path("kiosk/", include("orderly.web.check_in.kiosk_urls")),
    path("audit/", include("orderly.web.audit.urls")),
    path("team/", include("orderly.web.team.urls")),
    path("join/<uuid:invitation>/<str:secret>/", shown, name="join"),
    path("join/<uuid:invitation>/accept", accept, name="join-accept"),
    path("accounts/", include("orderly.web.account.urls")),
    path("language/", guard(PUBLIC, "POST")(set_language), name="set_language"),
]
