"""An interactive session: what a line that was typed means, and what happens next. Pure."""
