"""The verbs of an appointment. Each is one transaction, and writes one fact for each change."""
