"""Visits that repeat: in the booking panel, and on the card."""
