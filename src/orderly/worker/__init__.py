"""What is owed after a change is done here, outside the request that made it."""
