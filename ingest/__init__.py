"""Bytes in: mailboxes, parsing, screening. Reads the outside world; knows no database."""
