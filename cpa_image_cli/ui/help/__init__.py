"""The manual, written out: for a terminal, as JSON for programs, as a man page."""
