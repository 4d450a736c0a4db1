"""Packages and what is sold of them."""
