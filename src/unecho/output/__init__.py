"""The cleaned corpus and its record: what was removed is written, and can be put back."""
