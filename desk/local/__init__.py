"""What is kept on this machine and never committed."""
