"""Suyuan (溯源): the life of every traction battery, from reports to findings to cases."""
