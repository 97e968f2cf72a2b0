"""Rules of the family binding, one file each."""
