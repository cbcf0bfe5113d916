"""Measures whole pages of the real server on an invented country: ``python -m bench``."""
