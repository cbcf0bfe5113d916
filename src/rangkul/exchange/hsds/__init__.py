"""The directory in the field's format: the Human Services Data Specification (HSDS) 3.0.

`terms` holds the taxonomies, `mapping` turns an entry into the standard's objects, `catalogue`
answers what the standard's API asks, `package` writes and reads files, `bringing` compares a file
with the directory.
"""
