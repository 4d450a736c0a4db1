"""Several people, or several services, booked as one."""
