"""What is done to the desk itself: settings, edits by hand, imports, seals, salts, clones that meet."""
