"""What every stage uses: columns, records made of columns, words for people, safe writing, processes."""
