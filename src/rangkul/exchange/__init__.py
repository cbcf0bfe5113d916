"""What leaves the house as a file: sealed to one recipient, marked, followed by withdrawal."""
