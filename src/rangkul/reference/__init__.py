"""Reference: areas, code lists, working calendars, and procedures with their legal source."""
