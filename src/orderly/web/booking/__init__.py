"""The side panel in which a booking is made."""
