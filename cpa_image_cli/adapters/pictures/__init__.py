"""Picture files of every format: walked, and judged by their bytes."""
