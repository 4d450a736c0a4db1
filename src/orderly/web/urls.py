from django.urls import URLPattern, URLResolver, include, path

from orderly.web.account.views import home, speak
from orderly.web.team.joining import accept, shown

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("calendar/", include("orderly.web.calendar.urls")),
    path("booking/", include("orderly.web.booking.urls")),
    path("parties/", include("orderly.web.parties.urls")),
    path("series/", include("orderly.web.series.urls")),
    path("patients/", include("orderly.web.patients.urls")),
    path("appointments/", include("orderly.web.appointments.urls")),
    path("documents/", include("orderly.web.documents.urls")),
    path("packages/", include("orderly.web.packages.urls")),
    path("pointing/", include("orderly.web.pointing.urls")),
    path("dashboard/", include("orderly.web.dashboard.urls")),
    path("lists/", include("orderly.web.lists.urls")),
    path("queue/", include("orderly.web.queue.urls")),
    path("display/", include("orderly.web.display.urls")),
    path("check-in/", include("orderly.web.check_in.urls")),
    path("kiosk/", include("orderly.web.check_in.kiosk_urls")),
    path("absences/", include("orderly.web.absences.urls")),
    path("reports/", include("orderly.web.reports.urls")),
    path("audit/", include("orderly.web.audit.urls")),
    path("reference/", include("orderly.web.reference.urls")),
    path("team/", include("orderly.web.team.urls")),
    path("join/<uuid:invitation>/<str:secret>/", shown, name="join"),
    path("join/<uuid:invitation>/accept", accept, name="join-accept"),
    path("accounts/", include("orderly.web.account.urls")),
    path("language/", speak, name="set_language"),
]
