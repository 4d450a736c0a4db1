"""The numbers on the wall of a waiting room."""
