"""The pure core: codes, kinds, the fold over a timeline, duties and findings."""
