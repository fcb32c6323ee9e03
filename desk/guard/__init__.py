"""What keeps a server's repository: who pushes, and whether what they push may stand."""
