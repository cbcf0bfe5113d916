"""The ``rangkul`` command line."""
