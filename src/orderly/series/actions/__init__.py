"""The verbs of a series. Each is one transaction."""
