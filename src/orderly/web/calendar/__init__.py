"""The day by provider: the home page."""
