"""Who the survivor is, kept apart from what happened."""
