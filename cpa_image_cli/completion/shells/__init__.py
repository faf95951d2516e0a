"""A completion script for each shell, and where the shell looks for it."""
