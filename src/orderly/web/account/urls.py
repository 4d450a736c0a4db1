"""The library's pages that are used, and no other: none of those that change addresses or open accounts."""

from typing import Any

from allauth.account import views as library
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from django.urls import path, re_path, reverse_lazy

from orderly.edge.limits import SIGN_IN, limited
from orderly.web.account import views

changed: Any = library.PasswordChangeView.as_view(success_url=reverse_lazy("account"))

urlpatterns = [
    path("", views.page, name="account"),
    path("here", views.here, name="account-here"),
    path("leave-everywhere", views.leave, name="account-leave"),
    path("login/", limited(SIGN_IN)(library.login), name="account_login"),
    path("logout/", library.logout, name="account_logout"),
    path("again/", limited(SIGN_IN)(library.reauthenticate), name="account_reauthenticate"),
    path("password/", limited(SIGN_IN)(changed), name="account_change_password"),
    path("forgotten/", limited(SIGN_IN)(library.password_reset), name="account_reset_password"),
    path("forgotten/asked/", library.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^forgotten/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        limited(SIGN_IN)(library.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("forgotten/done/", library.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    # Asked of those who have a second factor, between password and entry, and again before they change it.
    path("second-factor/", second_factor.authenticate, name="mfa_authenticate"),
    path("second-factor/again/", limited(SIGN_IN)(second_factor.reauthenticate), name="mfa_reauthenticate"),
    path("second-factor/set-up/", app.activate_totp, name="mfa_activate_totp"),
    path("second-factor/remove/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-factor/codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("second-factor/state/", views.page, name="mfa_index"),
]
