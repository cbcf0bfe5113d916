"""A report by any channel, its triage, and its way into a case."""
