"""How mail goes out, by one address."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from orderly.project.settings import email

SMTP = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "DEFAULT_FROM_EMAIL": "orderly@127.0.0.1",
    "EMAIL_TIMEOUT": 10,
    "EMAIL_HOST": "mail.example.org",
    "EMAIL_PORT": 25,
    "EMAIL_HOST_USER": "",
    "EMAIL_HOST_PASSWORD": "",
    "EMAIL_USE_TLS": False,
    "EMAIL_USE_SSL": False,
}
WHOLE = "smtp://ann%40example.org:p%3Aw@mail.example.org:2525?tls=on&from=desk@example.org"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", {}),
        ("smtps://mail.example.org", {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True}),
        (
            WHOLE,
            {
                "EMAIL_PORT": 2525,
                "EMAIL_HOST_USER": "ann@example.org",
                "EMAIL_HOST_PASSWORD": "p:w",
                "EMAIL_USE_TLS": True,
                "DEFAULT_FROM_EMAIL": "desk@example.org",
            },
        ),
    ],
)
def test_a_mail_server(url: str, expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERLY_EMAIL_URL", url)
    assert email() == {**SMTP, **expected}


@pytest.mark.parametrize("url", ["", "console:"])
def test_printed_where_there_is_none(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERLY_EMAIL_URL", url)
    assert email()["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"


@pytest.mark.parametrize("url", ["mail.example.org", "smtp:", "http://mail.example.org"])
def test_what_isnt_understood_is_refused_at_once(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERLY_EMAIL_URL", url)
    with pytest.raises(ImproperlyConfigured, match="ORDERLY_EMAIL_URL"):
        email()
