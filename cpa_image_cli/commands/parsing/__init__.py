"""What Typer is taught: commands imported when they are used, options from tables."""
