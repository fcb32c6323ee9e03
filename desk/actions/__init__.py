"""What can be done: one function a use case, which asks the right, keeps the rules and makes one change."""
