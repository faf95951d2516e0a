"""Folders, and small files of ours that are nobody's result."""
