"""Assessments far from a signal: phones that speak OpenRosa, and pages that work without a line."""
