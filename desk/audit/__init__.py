"""What the history proves: messages against records, changes against the rights of their day, seals."""
