"""What screens, REST and sockets share: who is asking, idempotency, how a problem is worded."""
