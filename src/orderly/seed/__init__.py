"""Made-up clinics: the demo organisation, and databases of any size for tests and measurements."""
