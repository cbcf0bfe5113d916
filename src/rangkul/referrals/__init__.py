"""Referrals: the hand-off contract between desks: what a packet may hold, its states and clocks."""
