"""What people decided about the findings of a run, and a run carried out again by it."""
