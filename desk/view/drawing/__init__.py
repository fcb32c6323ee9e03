"""Charts, pictures and progress bars."""
