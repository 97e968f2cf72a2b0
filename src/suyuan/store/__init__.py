"""The store: the record and everything derived from it, in PostgreSQL."""
