"""ACC-8, API-3: whoever may no longer listen is put out within five seconds, in whichever way it came about."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus

from orderly.core import clock
from orderly.people.actions import allow, create_token, revoke_token
from orderly.people.actions.users import deactivate, end_sessions
from orderly.people.models import ApiToken, User
from orderly.people.permissions import Role
from orderly.people.queries import actor_for
from tests.factories import make_user
from tests.live.ears import Ear, listening
from tests.live.servers import Server
from tests.races.town import Town

pytestmark = [
    pytest.mark.live,
    pytest.mark.slow,
    pytest.mark.timeout(240),
    pytest.mark.django_db(transaction=True),
]

SOON = 5.0  # seconds


class Listener:
    """Somebody of the town's front desk with a token and a session."""

    def __init__(self, town: Town, role: Role = Role.FRONT_DESK) -> None:
        self.town, self.user = town, make_user(role, town.clinic)
        self.token, self.secret = create_token(
            "x", clinic=None, permissions=None, expires_at=None, actor=actor_for(self.user), now=clock.now()
        )
        self.browser = Client()
        self.browser.force_login(self.user)

    @property
    def session(self) -> str:
        return str(self.browser.session.session_key)

    def revoke(self) -> None:
        revoke_token(self.token.pk, actor=actor_for(self.user), now=clock.now())

    def let_expire(self) -> None:
        ApiToken.objects.filter(pk=self.token.pk).update(expires_at=clock.now() + timedelta(seconds=1))

    def let_session_expire(self) -> None:
        past = clock.now() - timedelta(seconds=1)
        Session.objects.filter(session_key=self.session).update(expire_date=past)

    def sign_out(self) -> None:
        assert self.browser.post("/accounts/logout/").status_code == 302

    def by_administrator(self, verb: Callable[..., object], *given: object, **more: object) -> None:
        verb(*given, **more, actor=self.town.desk, now=clock.now())

    def deactivate(self) -> None:
        self.by_administrator(deactivate, self.user.pk)

    def end_sessions(self) -> None:
        self.by_administrator(end_sessions, self.user.pk)

    def take_role(self) -> None:
        User.objects.get(pk=self.user.pk).memberships.all().delete()

    def take_right(self) -> None:
        role = self.user.memberships.get().role
        self.by_administrator(allow, role, "booking:view_calendar", False, clinic=self.town.clinic.pk)


Ways = dict[str, tuple[Callable[[Listener], None], int]]
TOKENS: Ways = {
    "revoked": (Listener.revoke, 4401),
    "expired": (Listener.let_expire, 4401),
    "user deactivated": (Listener.deactivate, 4401),
    "role taken away": (Listener.take_role, 4404),
    "right taken away": (Listener.take_right, 4403),
}
SESSIONS: Ways = {
    "signed out": (Listener.sign_out, 4401),
    "expired": (Listener.let_session_expire, 4401),
    "ended by an administrator": (Listener.end_sessions, 4401),
    "user deactivated": (Listener.deactivate, 4401),
    "role taken away": (Listener.take_role, 4404),
    "right taken away": (Listener.take_right, 4403),
}


def ended(server: Server, path: str, ways: Ways, *, by_token: bool) -> dict[str, int]:
    """The codes with which as many sockets were closed, each in time, while that of somebody else stayed open."""
    town = Town()
    path = path.format(clinic=town.clinic.pk, provider=town.providers[0].pk)
    # A right is taken from a role: nobody else here has that one.
    listeners = {
        name: Listener(town, Role.READ_ONLY if end is Listener.take_right else Role.FRONT_DESK)
        for name, (end, _) in ways.items()
    }
    with ExitStack() as stack:
        ears: dict[str, Ear] = {}
        for name, one in listeners.items():
            ours = f"http://127.0.0.1:{server.port}"
            shown = {"token": one.secret} if by_token else {"session": one.session, "origin": ours}
            ears[name] = stack.enter_context(listening(server.port, path, **shown))
        staying = stack.enter_context(listening(server.port, path, token=Listener(town, Role.DOCTOR).secret))
        for name, (end, _) in ways.items():
            end(listeners[name])
        closed = {name: ear.closed(SOON) for name, ear in ears.items()}
        with pytest.raises(TimeoutError):
            staying.next(0.1)
    return {name: code for name, (code, _) in closed.items()}


@pytest.mark.parametrize("path", ["clinics/{clinic}", "providers/{provider}"])
@pytest.mark.parametrize("by_token", [True, False], ids=["token", "session"])
def test_whoever_may_no_longer_listen_is_put_out(path: str, by_token: bool, server: Server) -> None:
    ways = TOKENS if by_token else SESSIONS
    assert ended(server, path, ways, by_token=by_token) == {name: code for name, (_, code) in ways.items()}


def test_a_page_of_another_site_cannot_use_a_session(server: Server) -> None:
    """ACC-5"""
    town = Town()
    one = Listener(town)
    path = f"clinics/{town.clinic.pk}"
    for origin in ("http://evil.example.org", f"http://localhost:{server.port}", "null", None):
        with pytest.raises(InvalidStatus) as refused, listening(server.port, path, session=one.session, origin=origin):
            pass
        assert refused.value.response.status_code == 403
    ours = f"http://127.0.0.1:{server.port}"
    with pytest.raises(ConnectionClosed) as closed, listening(server.port, path, session="gone", origin=ours):
        pass
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    with listening(server.port, path, session=one.session, origin=ours):
        pass
