"""Invented facts for every letter and each of its variants, so that letters can be checked.

They stand for what the pipeline gives (the exact keys of each letter) and show a reader of the
letters what they look like; nobody in them exists.
"""

from cases.incoming import Address
from cases.model import Letter
from templates.sample_words import EN, ZH
from templates.samples_out import complainants_variants
from templates.samples_staff import staff_variants

ANSWER_TO = "complaints+c.abcdefghijklmnopqrstuvwxyz@example.com"


def samples(language: str) -> tuple[tuple[str, Letter], ...]:
    """Return (variant, letter) for every letter in `language`; unknown languages get English.

    The variant called "usual" comes first for each letter; "bare" has every fact empty that may
    be empty.
    """
    words = ZH if language == "zh" else EN
    common = {
        "reference": "C-2026-000123",
        "desk_name": words["desk"],
        "language": language,
        "answer_to": ANSWER_TO,
        "original_attached": False,
    }
    return tuple(
        (
            variant,
            Letter(
                name=name,
                language=language,
                to=Address(addr="reader@example.com"),
                facts=common | facts,
            ),
        )
        for name, variants in (complainants_variants(words) | staff_variants(words)).items()
        for variant, facts in variants.items()
    )
