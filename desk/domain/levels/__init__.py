"""Service levels: calendars, targets, clocks."""
