"""Messages to people: drafts of them now, sending and receiving later."""
