"""Rules of the family conduct, one file each."""
