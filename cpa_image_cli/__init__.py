"""Make pictures from the terminal through any OpenAI-compatible gateway."""

__version__ = "0.1.0"
