"""Every page there is, and what it takes to open it. A new one without a row fails tests/web/test_every_page.py."""

from datetime import date
from typing import Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import get_resolver, reverse

from orderly.appointments.actions.book import book
from orderly.appointments.actions.check_in import make_link
from orderly.appointments.actions.screens import add_screen
from orderly.clinics.models import Clinic
from orderly.core import clock
from orderly.dossier.actions.merge import merge
from orderly.packages.actions.define import add_package
from orderly.packages.actions.sell import sell
from orderly.packages.inputs import PackageDetails, Sessions
from orderly.patients.models import Patient
from orderly.people.actions.invitations import invite
from orderly.people.models import User
from orderly.people.queries import actor_for
from orderly.resources.models import Provider
from orderly.web.team.mail import link
from tests.factories import at, booking, make_patient, make_user

PASSWORD, SECRET = "correct horse", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
# Who looks: the administrator; the same with a second factor; with that still to be asked for; a reader; nobody.
BOSS, KEYED, HALF, READER, NOBODY = "boss", "keyed", "half", "reader", "nobody"
DAY = "?day={day}&view="

# Of each page who opens it, and what may stand behind its address.
PAGES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "calendar": (BOSS, (DAY + "day", DAY + "week", DAY + "month", DAY + "agenda")),
    "dashboard": (BOSS, ("",)),
    "absences": (BOSS, ("",)),
    "absence-plan": (BOSS, ("",)),
    "queue": (BOSS, ("",)),
    "package-report": (BOSS, ("", "?from=2026-03-02&to=2026-03-01")),
    "screens": (BOSS, ("",)),
    "appointment-list": (BOSS, ("", "?show=statistics&when=month", "?when=x")),
    "arrivals": (BOSS, ("?within=72",)),
    "day-sheet": (BOSS, ("?day={day}",)),
    "party-new": (BOSS, ("", "?patient={other}")),
    "patient-list": (BOSS, ("", "?gender=female&age_from=3", "?age_from=x")),
    "patient": (BOSS, ("",)),
    "patient-add": (BOSS, ("",)),
    "patient-edit": (BOSS, ("",)),
    "packages": (BOSS, ("",)),
    "package-add": (BOSS, ("",)),
    "package-edit": (BOSS, ("",)),
    "package-sell": (BOSS, ("",)),
    "purchase": (BOSS, ("",)),
    "patient-links": (BOSS, ("",)),
    "patient-duplicates": (BOSS, ("",)),
    "patient-merge": (BOSS, ("", "?with={other}")),
    "patient-unmerge": (BOSS, ("",)),
    "reference": (BOSS, ("",)),
    "purchase-plan": (BOSS, ("",)),
    "team": (BOSS, ("",)),
    "team-invite": (BOSS, ("",)),
    "team-member": (BOSS, ("",)),
    "audit": (BOSS, ("", "?first=")),
    "account": (BOSS, ("",)),
    "mfa_index": (BOSS, ("",)),
    "account_change_password": (BOSS, ("",)),
    "account_reauthenticate": (BOSS, ("",)),
    "account_logout": (BOSS, ("",)),
    "mfa_activate_totp": (BOSS, ("",)),
    "mfa_deactivate_totp": (KEYED, ("",)),
    "mfa_reauthenticate": (KEYED, ("",)),
    "mfa_view_recovery_codes": (KEYED, ("",)),
    "mfa_generate_recovery_codes": (KEYED, ("",)),
    "mfa_authenticate": (HALF, ("",)),
    "account_login": (NOBODY, ("",)),
    "account_reset_password": (NOBODY, ("",)),
    "account_reset_password_done": (NOBODY, ("",)),
    "account_reset_password_from_key": (NOBODY, ("",)),
    "account_reset_password_from_key_done": (NOBODY, ("",)),
    "display": (NOBODY, ("",)),
    "kiosk": (NOBODY, ("",)),
    "check-in-own": (NOBODY, ("",)),
    "join": (NOBODY, ("",)),
}
# Pages that say no, as the address they stand at.
REFUSALS: Final[tuple[tuple[str, str], ...]] = (
    (BOSS, "/nowhere"),
    (READER, "/audit/{clinic}/"),
    (NOBODY, "/check-in/gone/"),
    (NOBODY, "/join/{clinic}/gone/"),
    (NOBODY, "/display/{clinic}/gone/"),
)


class House:
    """One clinic with somebody of each kind, and a link of each kind."""

    def __init__(self, clinic: Clinic, provider: Provider, patient: Patient, day: date) -> None:
        now, self.clinic, self.day = clock.now(), clinic, day
        self.boss, self.keyed = (make_user("clinic_admin", clinic, name=name) for name in ("Ada Boss", "Kim Keyed"))
        self.reader = make_user("read_only", clinic, name="Rea Reader")
        TOTP.activate(self.keyed, SECRET)
        RecoveryCodes.activate(self.keyed)
        actor, service = actor_for(self.boss), provider.offerings.get(service__name="Consultation").service
        self.made = [
            book(booking(clinic, service, provider, patient, at(clinic, day, wall)), actor=actor, now=now).pk
            for wall in ("10:00", "11:30")
        ]
        self.other = make_patient(clinic, first_name="Ann", last_name="Lee", email="ann@example.org")
        merged = make_patient(clinic, first_name="Lee", last_name="Ann", tax_id="1")
        merge(patient.pk, merged.pk, {}, actor=actor, now=now)
        invitation = invite("n@example.org", "doctor", clinic=clinic.pk, language="en", actor=actor, now=now)
        self.secrets = {
            "display": add_screen(clinic.pk, "display", "Hall", actor=actor, now=now)[1],
            "kiosk": add_screen(clinic.pk, "kiosk", "Door", actor=actor, now=now)[1],
            "check-in-own": make_link(self.made[0], actor=actor, now=now),
            "join": link(invitation).rstrip("/").rsplit("/", 1)[1],
        }
        package = add_package(
            PackageDetails(
                name="Course",
                clinic=clinic.pk,
                price=0,
                validity_days=60,
                services=(Sessions(service=service.pk, sessions=3),),
            ),
            actor=actor,
            now=now,
        )
        purchase = sell(package.pk, patient.pk, clinic=clinic.pk, actor=actor, now=now)
        self.known = {
            "clinic": clinic.pk,
            "patient": patient.pk,
            "appointment": self.made[0],
            "user": self.reader.pk,
            "invitation": invitation.pk,
            "package": package.pk,
            "purchase": purchase.pk,
            "uidb36": user_pk_to_url_str(self.reader),
            "key": default_token_generator.make_token(self.reader),
        }

    def path(self, name: str) -> str:
        """The address of that name, with whatever it takes."""
        [(_, taken)] = get_resolver().reverse_dict.getlist(name)[0][0]
        known = {**self.known, "secret": self.secrets.get(name, "none")}
        return reverse(name, kwargs={one: known[one] for one in taken})

    def every(self) -> list[tuple[str, str]]:
        """Who looks, and at what."""
        filled = {"day": self.day, "clinic": self.clinic.pk, "other": self.other.pk}
        pages = [(who, self.path(name) + asked) for name, (who, more) in PAGES.items() for asked in more]
        return [(who, path.format_map(filled)) for who, path in (*pages, *REFUSALS)]

    def clients(self) -> dict[str, Client]:
        """Everybody signed in just now, as the second factor's pages ask for."""
        clients = {who: Client() for who in (BOSS, KEYED, HALF, READER, NOBODY)}
        for who, user in ((BOSS, self.boss), (KEYED, self.keyed), (HALF, self.keyed), (READER, self.reader)):
            sign_in(clients[who], user)
        code = format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))
        clients[KEYED].post(reverse("mfa_authenticate"), {"code": code})
        return clients


def sign_in(client: Client, user: User) -> None:
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
