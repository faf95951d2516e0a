"""TAB completion: what there is to complete, written down as a script for each shell, and put where it looks."""
