"""The review of a run: a page served on this computer, on which people look at findings and decide."""
