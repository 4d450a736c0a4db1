"""A person across all domains: finding them by what they did and had, standing them down, making two records one."""
