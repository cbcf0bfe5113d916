"""The rights of those whose data these are: to see, mend, stop, restrict, and to be forgotten."""
