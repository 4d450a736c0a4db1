"""Reading: what a wish would need, what is free, what is booked."""
