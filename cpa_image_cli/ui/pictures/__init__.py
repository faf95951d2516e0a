"""Pictures drawn in a terminal, in whichever way it understands."""
