"""Tests of the structure of the program."""
