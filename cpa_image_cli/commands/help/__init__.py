"""``cpa-image help``: any page of help, the tables behind them, and the man page."""
