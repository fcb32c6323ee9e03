"""What can be done with tickets, by the concerns of `domain/tickets`. Each is one change and one commit."""
