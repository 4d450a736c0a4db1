"""Handing mail over to the mail server."""

from smtplib import SMTPException

from django.core.mail import EmailMessage

from orderly.core.errors import Fault


def send(subject: str, text: str, to: str) -> None:
    """One mail to one address. What a server says when it refuses may quote the address: it is told in our words."""
    try:
        EmailMessage(" ".join(subject.split()), text, to=[to]).send()
    except SMTPException as error:
        raise Fault(f"the mail server refused: {type(error).__name__}") from None
