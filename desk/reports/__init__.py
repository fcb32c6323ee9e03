"""Each report as a function from a reader to sections."""
