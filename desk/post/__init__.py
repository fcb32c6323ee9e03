"""The way to mail servers, and to the secrets that open them. Knows messages as bytes only."""
