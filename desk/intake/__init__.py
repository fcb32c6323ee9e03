"""Mails that come in: read in a guarded child, and told what they are. Knows no store, no server and no desk."""
