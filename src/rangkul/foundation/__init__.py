"""The ground floor: scope, vault, workflow, outbox, ids and time. It knows nothing of cases."""
