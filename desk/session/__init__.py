"""Who acts on which desk, when; and what follows from a change."""
