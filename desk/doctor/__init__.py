"""What is wrong in a desk as it stands, and how it is mended."""
