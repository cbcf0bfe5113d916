"""What an operator can do with the API from the command line."""
