"""The verbs of the organisation."""
