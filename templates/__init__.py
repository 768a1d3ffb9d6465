"""Decisions to words: letters in the complainant's language. The only home of Jinja2."""
