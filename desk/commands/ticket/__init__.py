"""desk ticket."""
