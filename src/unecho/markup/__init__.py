"""An HTML page to text and blocks with the evidence of its markup, and what the page says about itself."""

from .page import Page, Style
from .read import read_html

__all__ = ["Page", "Style", "read_html"]
