"""Kabar: what a survivor and her companion tell each other by a code that only she holds."""
