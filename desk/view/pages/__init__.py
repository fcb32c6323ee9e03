"""How one thing, or several, are laid out for people."""
