"""A gateway's address, headers and proxies, as far as they can be judged without asking it."""
