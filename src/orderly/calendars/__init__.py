"""When things are open, and who holds whose time. Reservation is the only table whose rows occupy time."""
