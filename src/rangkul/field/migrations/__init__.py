"""The steps by which the tables of the field came to be."""
