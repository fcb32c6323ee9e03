"""What a change must keep."""
