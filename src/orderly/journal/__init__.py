"""What happened, who did it, and what is still to be done because of it."""
