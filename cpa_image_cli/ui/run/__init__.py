"""A run as it is told: live, as lines, as JSON lines, and the card at its end."""
