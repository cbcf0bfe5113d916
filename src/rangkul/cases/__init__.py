"""The case file's content: incident, elements, plan, services, notes, closing."""
