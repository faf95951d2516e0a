"""Pages for a browser: self-contained, private, safe to open whatever a prompt or a name says."""
