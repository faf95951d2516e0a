"""What a terminal is told and answers, as bytes and values."""
