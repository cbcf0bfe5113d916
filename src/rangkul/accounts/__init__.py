"""The user, and how a person signs in."""
