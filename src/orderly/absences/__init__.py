"""Somebody is away: who sees their patients instead, or when."""
