"""Django's admin for support staff: to look behind the screens, with the rights that people have everywhere else."""
