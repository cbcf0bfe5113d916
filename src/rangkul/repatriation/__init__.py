"""The way home: groups, legs from hand to hand, minutes signed at both ends, until followed up."""
