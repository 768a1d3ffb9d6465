"""Who is asked to sign when the one who should is accused."""

from dataclasses import replace

from routing.ladder import signers
from routing.policy import Policy
from routing.process import Signing
from tests.routing.lives import life

HEAD, DEPUTY, TOP = "head@example.com", "deputy@example.com", "gm@example.com"


def test_of_the_accused_the_deputies_sign_then_management(policy: Policy) -> None:
    """Nobody signs an answer about themselves, and somebody always can (K079, K080)."""
    found, signing = life(policy), Signing(by=(HEAD,), deputies=(DEPUTY,))
    accused = tuple(found.record("accused", "desk", one.upper()) for one in (HEAD, DEPUTY))

    assert signers(found, signing) == (HEAD,)
    assert signers(replace(found, records=accused[:1]), signing) == (DEPUTY,)
    assert signers(replace(found, records=accused), signing) == (TOP,)
