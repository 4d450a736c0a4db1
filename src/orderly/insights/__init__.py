"""Reports: what several domains come to together."""
