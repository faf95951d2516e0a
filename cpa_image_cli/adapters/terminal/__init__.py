"""The terminal: its keys, its graphics, and lines typed on it."""
