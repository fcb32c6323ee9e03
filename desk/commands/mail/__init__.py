"""Commands on mail: what waits to be sent, and what came in."""
