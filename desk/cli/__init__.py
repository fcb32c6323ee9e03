"""The command line's own parts: options, words, dates, editor, completion; the one error boundary and the one renderer call."""

import gc

gc.set_threshold(50_000, 20, 100)
"""Python looks for circles of garbage at every 700 objects more; a program that loads, answers and ends has none to find."""
