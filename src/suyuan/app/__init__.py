"""The use cases: one file each, between the ways in and the store."""
