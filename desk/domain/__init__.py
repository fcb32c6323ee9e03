"""Records, verbs and rules. No disk, clock, environment, randomness, YAML, SQLite or git."""
