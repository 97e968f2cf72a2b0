"""The rules: one file per rule, each a pure function over one step, lapse or participant."""
