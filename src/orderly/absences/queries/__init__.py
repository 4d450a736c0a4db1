"""Reading: what is affected, where it could go, and what would be best for all together."""
