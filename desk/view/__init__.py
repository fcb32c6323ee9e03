"""What commands return, and the only code that prints it."""
