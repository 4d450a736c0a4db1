"""Importing the pages registers them."""

from orderly.support import bookings, persons, records, setup
from orderly.support.site import site

urls = site.urls

__all__ = ["bookings", "persons", "records", "setup", "urls"]
