"""The mail with an invitation's link, sent by the worker after the invitation is written."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from orderly.core.clock import minute
from orderly.edge.mail import send
from orderly.journal.actions import outside
from orderly.journal.models import Entry
from orderly.people.models import Invitation
from orderly.people.queries.invitations import pending
from orderly.people.rules import secret
from orderly.web.templatetags.desk import day
from orderly.web.words import ROLE


@outside
def send_invitation(entry: Entry, now: datetime) -> None:
    """Unless it has been revoked, accepted or sent anew meanwhile: then there is nothing to send any more."""
    rows = Invitation.objects.select_related("invited_by", "clinic").defer("clinic__logo")
    found = pending(rows).filter(pk=entry.subject, round=entry.ids["round"], expires_at__gt=now).first()
    if found is None:
        return
    send(*_message(found), found.email)
    Invitation.objects.filter(pk=found.pk, round=found.round).update(sent_at=now)


def link(invitation: Invitation) -> str:
    """Where the invited person goes. The secret is made anew each time, and kept nowhere."""
    return settings.PUBLIC_URL + reverse("join", args=[invitation.pk, secret(invitation.pk, invitation.nonce)])


def _message(invitation: Invitation) -> tuple[str, str]:
    with translation.override(invitation.language):
        zone = invitation.clinic.timezone if invitation.clinic else "UTC"
        filled = {
            "by": str(invitation.invited_by),
            "clinic": invitation.clinic.name if invitation.clinic else _("the whole organisation"),
            "role": ROLE[invitation.role],
            "link": link(invitation),
            "day": day(minute(invitation.expires_at.astimezone(ZoneInfo(zone))), zone),
        }
        subject = _("Your invitation to %(clinic)s") % filled
        paragraphs = (
            _("%(by)s invites you to work with Orderly in %(clinic)s, as: %(role)s."),
            _("Open this link to accept. It is for you alone, works once, and until %(day)s:"),
            "%(link)s",
            _("If you didn't expect this, do nothing: without you nothing happens."),
        )
        text = "\n\n".join(paragraph % filled for paragraph in paragraphs) + "\n"
    return subject, text
