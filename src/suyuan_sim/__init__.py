"""A simulated nation: writes submissions in the public format, and labels of what is true."""
