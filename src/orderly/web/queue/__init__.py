"""Who is where today, calling in, walking in, and the screens that show numbers."""
