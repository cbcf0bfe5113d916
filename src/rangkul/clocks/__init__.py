"""Deadlines: started, paused, met, missed; ids and times only."""
