"""``cpa-image`` without a command, on a terminal: a small session of prompts, runs, keys and commands."""
