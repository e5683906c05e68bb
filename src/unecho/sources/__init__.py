"""Files to documents: what is there, its bytes, and the article in them. Nothing is opened for writing."""

from .metadata import iso_date, site_of
from .parse import load_record, parse
from .raw import MB, Lines, parts, read
from .rows import parse_lines
from .walk import Found, Names, classify, discover, utf8_name

__all__ = [
    "MB",
    "Found",
    "Lines",
    "Names",
    "classify",
    "discover",
    "iso_date",
    "load_record",
    "parse",
    "parse_lines",
    "parts",
    "read",
    "site_of",
    "utf8_name",
]
