"""Rules of the family end_of_life, one file each."""
