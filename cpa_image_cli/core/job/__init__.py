"""One picture to make: what was decided, what may be repeated, what happens, how it ended."""
