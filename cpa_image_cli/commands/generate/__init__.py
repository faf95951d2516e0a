"""``cpa-image generate``: flags to an order, and how the run is told."""
