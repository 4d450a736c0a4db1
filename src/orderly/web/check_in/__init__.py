"""Checking in: what the desk checks, and patients who say so themselves."""
