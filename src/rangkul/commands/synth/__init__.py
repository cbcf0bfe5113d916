"""Invented cases for demonstrations, tests and measurements; no real person is in them."""
