"""The derived index: a database that stands for one commit."""
