"""Programs of the user's that are started: an editor, a viewer, a command that prints a key."""
