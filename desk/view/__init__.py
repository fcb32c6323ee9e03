"""What commands return, and the formats it is printed in."""
