"""What a process takes from the world it was started in."""
