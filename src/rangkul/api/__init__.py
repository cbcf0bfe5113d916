"""The same road as JSON under ``/api/v1/``, on the same queries and operations as the screens."""
