"""The engine: pure functions over immutable values that decide what is free, what may be booked and why not.

Standard library only. Instants are whole minutes since 1970-01-01T00:00Z, spans are half-open, weekdays run
from 0 = Sunday to 6 = Saturday. Nothing here reads a clock, a database or a random number, and nothing speaks
to people: a refusal is a `Problem`, and the edges put it into words.
"""
