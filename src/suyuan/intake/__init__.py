"""Intake: bytes become reports with positions, and what cannot be read becomes a refusal in words."""
