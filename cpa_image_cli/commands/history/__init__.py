"""``cpa-image history``: earlier runs, looked at and made again."""
