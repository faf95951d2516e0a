"""
Decides which few colours the screen has: the terminal's own where themes make them legible, and one that always is.

Meaning is never carried by colour alone; everything reads the same under ``NO_COLOR``.
"""

ACCENT = "cyan"
QUIET = "dim"
CAUTION = "color(130)"
"""No yellow: that of most terminals cannot be read on white. This brown has a contrast of 4.4 on black and on white."""
TROUBLE = "red"
SUCCESS = "green"
STRONG = "bold"
