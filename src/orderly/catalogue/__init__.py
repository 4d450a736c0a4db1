"""What can be booked: services made of phases, what each phase needs, who gives it, at what price."""
