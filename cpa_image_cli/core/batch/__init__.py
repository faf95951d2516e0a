"""Many pictures from a file: its rows, and what of them is made already."""
