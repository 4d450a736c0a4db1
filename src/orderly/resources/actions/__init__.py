"""Adding and changing those whose time can be taken."""
