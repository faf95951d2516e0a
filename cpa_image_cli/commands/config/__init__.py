"""``cpa-image config``: look at the settings, and change them."""
