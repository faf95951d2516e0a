"""
Decides which few colours the screen has: the terminal's own, so that they suit a light theme as well as a dark one.

Meaning is never carried by colour alone; everything reads the same under ``NO_COLOR``.
"""

ACCENT = "cyan"
QUIET = "dim"
CAUTION = "yellow"
TROUBLE = "red"
SUCCESS = "green"
STRONG = "bold"
