"""Houses, rooms and beds; who is let in, how long they stay, where they go from there."""
