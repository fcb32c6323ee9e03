"""Reading and writing a desk; the one way that anything is written."""
