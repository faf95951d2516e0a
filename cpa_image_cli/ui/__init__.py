"""Events, findings and rows turned into text."""
