"""A text to comparable units: paragraphs, words, shingles."""
