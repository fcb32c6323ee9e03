"""A change as events, as a message, as words; and what a message may tell."""
