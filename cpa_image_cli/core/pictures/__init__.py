"""Pictures as values: their formats and the names of their files."""
