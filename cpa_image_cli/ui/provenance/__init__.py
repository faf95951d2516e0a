"""What is known of a picture file, as a person reads it."""
