"""The calls, one module an area; each parses, asks one query or operation, and words the answer."""
