"""Bytes out: building a mail, handing it over, and when to try again."""
