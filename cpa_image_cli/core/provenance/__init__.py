"""Where a picture came from: the record that travels with it, and what others wrote into files."""
