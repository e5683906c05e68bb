"""What repeats: near-duplicate paragraphs by MinHash and LSH, passages by seeds, stories by coverage."""
