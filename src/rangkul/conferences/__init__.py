"""Rapat kasus: several agencies at one table, each with what it was given, and what they decide."""
