"""The skill in the box, and where agents look for skills."""
