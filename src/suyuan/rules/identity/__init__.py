"""Rules of the family identity, one file each."""
