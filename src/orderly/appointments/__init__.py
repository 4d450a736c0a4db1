"""Appointments from hold to completion, their visits and the queue."""
