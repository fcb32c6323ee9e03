"""Text on a terminal: width, wrapping, Markdown."""
