"""What travels in and out of each call, as types; each with an example of invented people."""
