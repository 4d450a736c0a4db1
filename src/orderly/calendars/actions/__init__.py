"""Taking time and giving it back; opening it and closing it."""
