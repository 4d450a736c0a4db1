"""What pointing at the calendar tells: why a time can't be had, what is in a box, what is pinned."""
