"""Earlier runs as tables, details and statistics."""
