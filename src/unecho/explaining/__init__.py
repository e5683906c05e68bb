"""Why something was removed: by which rule, by what the model saw, or for which copy that stays."""
