"""desk alias, desk filter: what a person has a shorter word for."""
