"""What a picture cost, as far as anybody said: tokens as reported, what the gateway names, estimates marked as such."""
