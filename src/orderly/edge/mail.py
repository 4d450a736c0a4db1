"""Handing mail over to the mail server."""

from smtplib import SMTPException

from django.core.mail import EmailMessage

from orderly.core.errors import Fault
from orderly.edge.pdf import PDF


def send(subject: str, text: str, to: str, *documents: tuple[str, bytes]) -> None:
    """One mail to one address, with PDFs (name and content). What a server says when it refuses may quote the
    address: it is told in our words.
    """
    try:
        attachments = [(name, content, PDF) for name, content in documents]
        EmailMessage(" ".join(subject.split()), text, to=[to], attachments=attachments).send()
    except SMTPException as error:
        raise Fault(f"the mail server refused: {type(error).__name__}") from None
