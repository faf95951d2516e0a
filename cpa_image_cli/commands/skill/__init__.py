"""``cpa-image skill``: the manual for agents, and where it is installed."""
