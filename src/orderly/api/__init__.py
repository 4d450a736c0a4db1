"""REST under /api/v1/: reads a request, makes one call, writes the answer."""
