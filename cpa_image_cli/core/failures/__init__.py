"""What a failure is: read from an answer, classified, and said with what to do."""
