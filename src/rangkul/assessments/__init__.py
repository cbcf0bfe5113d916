"""Assessments: versioned instruments, the answers given, and what they make one think of.

An instrument helps a trained person think; it decides nothing. What is not known is never counted
as safe.
"""
