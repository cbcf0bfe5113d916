"""Whose a case is: its number, its lead agency, who else may see it, who carries it."""
