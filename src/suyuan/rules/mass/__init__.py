"""Rules of the family mass, one file each."""
