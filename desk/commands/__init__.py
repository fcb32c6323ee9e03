"""The commands: words → one action or query → a view. The tree of files is the tree of commands."""
