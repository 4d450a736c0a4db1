"""PDFs, looked at in the browser."""
