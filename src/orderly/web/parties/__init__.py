"""Booking several people, or several services, at once."""
