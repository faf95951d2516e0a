"""Pictures that are sent: checked by their bytes, freed of what nobody sees, and read while they go out."""
