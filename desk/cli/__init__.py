"""The command line's own parts: options, words, dates, editor, completion; the one error boundary and the one renderer call."""
