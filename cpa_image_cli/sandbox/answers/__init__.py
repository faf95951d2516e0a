"""What the simulated gateway says: whole answers, event streams, and how they are broken."""
