"""How letters are numbered, so that one cause writes each of its letters once.

The key of a letter in the outbox is case, letter, number and recipient. Small numbers are the round
of the case; everything else that may write has a space of its own, far from its neighbours.
"""

BY_MAIL = 10**10  #: + the inbox row of the mail
BY_CLOCK = 2 * 10**10  #: + when the guess was due, in seconds since 1970
BY_HAND = 3 * 10**10  #: + when the operator did it, in seconds since 1970
OF_LETTER = 10**11  #: + the outbox row an alert is about, and how often it was tried
OF_BOUNCE = 2 * 10**11  #: + the check sum of the address an alert is about
OF_MAILED_RULES = 3 * 10**11  #: + the inbox row of a supervisor's mail about them
BY_RING = 4 * 10**11  #: + the check sum of case, clock and ring
BY_LEDGER = 5 * 10**11  #: + the month, see routing/ledger.py
BY_SHARED = 6 * 10**11  #: + the check sum of the number and the department that shares a mailbox
OF_WRONG_RULES = 7 * 10**11  #: + the row of the fault
OF_WAITING_RULES = 8 * 10**11  #: + the row of the proposal
OF_LIVE_RULES = 9 * 10**11  #: + the row of the set
