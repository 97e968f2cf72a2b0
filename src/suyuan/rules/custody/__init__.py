"""Rules of the family custody, one file each."""
