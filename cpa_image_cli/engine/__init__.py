"""Making pictures. Knows no flags, no Typer and no screen: whoever orders, and whoever watches, is handed in."""
