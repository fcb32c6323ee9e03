"""What saves a clerk typing, while a caller is on the line."""
