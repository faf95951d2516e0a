"""A failure as a person reads it."""
