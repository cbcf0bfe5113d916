"""Access: permissions, roles described in prose, and who may; it knows no domain."""
