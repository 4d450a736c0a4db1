"""The verbs of a party: all of it, or none."""
