"""The report of a finished run: its data, and the forms it takes (terminal, HTML, CSV, Markdown, JSON)."""
