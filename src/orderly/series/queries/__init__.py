"""What a series would be, and what has become of one."""
