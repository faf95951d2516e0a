"""What the simulated gateway is asked, and the terms in which a scenario replies."""
