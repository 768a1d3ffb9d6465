"""Labels to decisions: which case, which department, how urgent, which letters. Pure."""
