"""Compiled loops for large inputs (numba). Each has a plain twin in the stage that calls it, which a test compares."""
