"""Calls for attention: who is told that something waits, by which way; never what it is about."""
