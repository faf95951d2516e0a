"""The pictures that the simulated gateway draws."""
