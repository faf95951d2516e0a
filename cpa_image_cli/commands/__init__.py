"""The command tree: flags to wiring to exit status."""
