"""The order of things: wiring, transactions, the four verbs poll, process, chase, deliver."""
