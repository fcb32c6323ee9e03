"""Care of the desk itself: set-up, hand edits, checks, audit, index, exchange."""
