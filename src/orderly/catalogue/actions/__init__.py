"""What can be booked, and who gives it."""
