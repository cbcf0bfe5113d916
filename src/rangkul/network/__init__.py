"""Agencies, their service desks, the people who sit at them, and who is on duty."""
