from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from orderly.edge.guard import PUBLIC, guard
from orderly.edge.limits import SIGN_IN, limited
from orderly.web.calendar.views import home
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
    path("audit/", include("orderly.web.audit.urls")),
    path("team/", include("orderly.web.team.urls")),
    path("join/<uuid:invitation>/<str:secret>/", shown, name="join"),
    path("join/<uuid:invitation>/accept", accept, name="join-accept"),
    # Only what is used: the library's other pages change addresses and passwords, which nobody may do here yet.
    path("accounts/login/", limited(SIGN_IN)(account.login), name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    # Asked of those who have a second factor, between password and entry.
    path("accounts/second-factor/", second_factor.authenticate, name="mfa_authenticate"),
    path("language/", guard(PUBLIC, "POST")(set_language), name="set_language"),
]
