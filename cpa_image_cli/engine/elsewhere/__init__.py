"""Jobs of other processes: what dead ones left, and waiting for those that live."""
