"""git: its command lines, and the only parsers of what it prints."""
