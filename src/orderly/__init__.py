"""Orderly: front-desk and booking software for clinics."""
