"""Reports for people who don't sit at the desk: each a function from a reader and a period to sections."""
