"""What leaves the house on paper: PDFs in the patient's language."""
