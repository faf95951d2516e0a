"""Where a picture came from, told, compared and taken out: ``inspect``, ``compare``, ``strip``."""
