"""desk kb, response and checklist: what the desk knows."""
