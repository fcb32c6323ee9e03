"""What a history may hold of people, and what lets them be forgotten."""
