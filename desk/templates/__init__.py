"""Texts that people write with gaps, filled in by rules that can't do harm."""
