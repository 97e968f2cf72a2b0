"""Forecast, leakage, balances, exports and detectors: pure computations on what the platform has written."""
