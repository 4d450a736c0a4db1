"""What every app may use: clock, errors, ids, money, phone numbers, database guards. No domain word lives here."""
