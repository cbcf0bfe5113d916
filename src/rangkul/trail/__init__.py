"""The append-only record of acts, reads included. It knows ids, never persons."""
