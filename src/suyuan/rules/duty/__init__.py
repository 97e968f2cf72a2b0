"""Rules of the family duty, one file each."""
