"""Who is away, and what has to be rearranged because of it."""
