"""Clones that meet: what there is to do, and doing it."""
