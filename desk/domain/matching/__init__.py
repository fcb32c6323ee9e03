"""What is like what: folding, words, ranking, recurrence."""
