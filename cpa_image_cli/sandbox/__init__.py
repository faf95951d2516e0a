"""The embedded gateway: a faithful, free stand-in for a real one."""
