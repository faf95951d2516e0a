"""Which settings there are, where each is looked for, and which source wins."""
