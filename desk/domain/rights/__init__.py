"""Who may do what, and the one table of verbs."""
