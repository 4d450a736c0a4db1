"""The mail with a link for another password, sent by the worker."""

from datetime import datetime
from smtplib import SMTPException

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from orderly.core.errors import Fault
from orderly.journal.actions import outside
from orderly.journal.models import Entry
from orderly.people.models import User


@outside
def send_reset(entry: Entry, now: datetime) -> None:
    """Nothing for an account that has been deactivated meanwhile."""
    user = User.objects.filter(pk=entry.subject, is_active=True).first()
    if user is None:
        return
    try:
        _message(user).send()
    except SMTPException as error:  # what the server said may quote the address
        raise Fault(f"the mail server refused: {type(error).__name__}") from None


def link(user: User) -> str:
    """Works once, and for PASSWORD_RESET_TIMEOUT seconds from now; it is made anew each time and kept nowhere."""
    words = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.PUBLIC_URL + reverse("account_reset_password_from_key", kwargs=words)


def _message(user: User) -> EmailMessage:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        paragraphs = (
            _("Somebody, probably you, asked for another password for your Orderly account."),
            _("Open this link to choose one. It works once, and for an hour:"),
            link(user),
            _("If it wasn't you, do nothing: your password stays as it is."),
        )
        return EmailMessage(_("Another password for Orderly"), "\n\n".join(paragraphs) + "\n", to=[user.email])
