"""Finding and registering a patient while booking."""
