"""Pictures that are sent along: gathered before anything is, and looked at again when the result has come."""
