"""Mail that goes out and comes in: what is told to whom, sending it, and what became of it."""
