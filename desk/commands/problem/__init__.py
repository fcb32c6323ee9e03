"""desk problem."""
