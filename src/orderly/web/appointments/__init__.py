"""One appointment in the side panel."""
