"""What those who run it look at: is it alive, is it ready, how is it doing, what did it log."""
