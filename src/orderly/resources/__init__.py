"""Everything whose time can be taken: one Resource row for each provider, chair, room, device and patient."""
