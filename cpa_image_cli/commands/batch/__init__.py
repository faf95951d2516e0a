"""``cpa-image batch``: many pictures from a file."""
