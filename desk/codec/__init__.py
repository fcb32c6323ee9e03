"""Records as text: YAML, front matter, threads."""
