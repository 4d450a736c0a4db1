"""Users, the roles they hold per clinic, what a role may do, and API tokens."""
