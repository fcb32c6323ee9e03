"""Tests of what can be done, called as a portal or a mail gate would: without the command line."""
