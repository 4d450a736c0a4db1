"""Documents as they leave the program: looked at in the browser."""

from typing import Final

from django.http import HttpResponse

PDF: Final = "application/pdf"


def shown(name: str, document: bytes) -> HttpResponse:
    """A PDF to be looked at and printed. Nobody is named in `name`, which may be kept with the file."""
    heads = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(document, content_type=PDF, headers=heads)
