"""desk kb: the knowledge base."""
