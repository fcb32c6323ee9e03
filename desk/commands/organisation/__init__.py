"""desk department, staff, user, group, tag and field: people, and how work is divided."""
