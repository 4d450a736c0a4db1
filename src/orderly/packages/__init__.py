"""Sessions sold in advance."""
