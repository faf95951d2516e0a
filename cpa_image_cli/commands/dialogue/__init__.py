"""How every command asks a person and writes what it has to say."""
