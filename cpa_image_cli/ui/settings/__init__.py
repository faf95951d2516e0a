"""Settings and their sources, as a table and as data."""
