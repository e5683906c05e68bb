"""Which copy stays, and what that means for every paragraph: removals, clusters and their reasons."""
