"""Clinics: places of one organisation, each with its own zone, currency, languages and rules."""
