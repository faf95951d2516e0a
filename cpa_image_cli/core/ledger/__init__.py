"""Earlier runs as values: selected, counted, and what they let one expect."""
