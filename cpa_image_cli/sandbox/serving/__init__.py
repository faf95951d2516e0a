"""The simulated gateway as a server on the loopback interface."""
