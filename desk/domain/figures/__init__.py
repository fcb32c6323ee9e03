"""Figures and the values that reports are made of."""
