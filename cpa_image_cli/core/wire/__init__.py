"""The gateway's language: the request, and the reading of whatever comes back."""
