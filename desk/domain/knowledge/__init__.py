"""The verbs of articles, and what is checked in their texts."""
