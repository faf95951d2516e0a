"""Findings as rows and as text."""
