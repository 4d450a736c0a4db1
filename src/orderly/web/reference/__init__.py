"""Lists that an organisation keeps for its forms."""
