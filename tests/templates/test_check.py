"""Letters.check: what is wrong with the templates of a folder, in words."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cases.errors import LetterError
from cases.model import LetterName
from templates.render import Letters
from templates.samples import samples


def test_the_shipped_letters_are_in_order(letters: Letters) -> None:
    """Every letter in every language can be written with sample facts."""
    assert letters.check() == ()


def _folder(tmp_path: Path, text: str, html: str = "<p>{{ reference }}</p>") -> Path:
    for name in LetterName:
        (tmp_path / "en").mkdir(exist_ok=True)
        (tmp_path / "en" / f"{name}.txt.j2").write_text("Subject: [{{ reference }}]\n\nhi\n")
        (tmp_path / "en" / f"{name}.html.j2").write_text("<p>hi</p>")
    (tmp_path / "en" / "outcome.txt.j2").write_text(text)
    (tmp_path / "en" / "outcome.html.j2").write_text(html)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Hello\n\n{{ reference }}", "must begin with a line 'Subject: …'"),
        ("Subject:  \n\nhi", "must begin with a line 'Subject: …'"),
        ("Subject: hi\n\nhi", "the subject lacks the reference"),
        ("Subject: {{ reference }}\n\n{% if %}", "outcome.txt.j2:3"),
        ("Subject: {{ reference }}\n\n{{ refrence }}", "missing fact: refrence"),
        ("Subject: {{ reference }}\n\n{% if no %}{{ x }}{% endif %}", "missing fact: no, x"),
        ("Subject: {{ reference }}\n\n{{ '{{ x }}' }}", "shows '{{' to the reader"),
        ("Subject: {{ reference }}\n\nDear None,", "shows 'None' to the reader"),
        ("Subject: {{ reference }}\n\n{{ outcome | attr('x') }}", "No filter named 'attr'"),
        ("Subject: {{ reference }}\n\n{{ outcome | format }}", "No filter named 'format'"),
        ("Subject: {{ reference }}\n\n{% include 'x.txt.j2' %}", "x.txt.j2"),
        ("Subject: {{ reference }}\n\n{{ 'a' * 1000000000 }}", "may not use the operator *"),
        ("Subject: {{ reference }}\n\n{{ '%1000000000d' % 1 }}", "may not use the operator %"),
        ("Subject: {{ reference }}\n\n{{ 'a'.ljust(1000000000) }}", "not safely callable"),
        ("Subject: {{ reference }}\n\n{{ range(9) }}", "missing fact: range"),
        ("Subject: {{ reference }}\n\n{{ ''.__class__ }}", "unsafe"),
        (
            "Subject: {{ reference }}\n\n"
            "{% for a in outcome %}{% for b in outcome %}{{ outcome }}{% endfor %}{% endfor %}",
            "writes more than 262144 bytes",
        ),
    ],
)
def test_a_broken_letter_is_reported_in_words(tmp_path: Path, text: str, why: str) -> None:
    """`check` says what is wrong with a template; the other letters stay usable."""
    letters = Letters(zone=ZoneInfo("Asia/Shanghai"), folder=_folder(tmp_path, text))
    (outcome,) = (each for var, each in samples("en") if (var, each.name) == ("usual", "outcome"))
    (alert,) = (each for var, each in samples("en") if (var, each.name) == ("usual", "alert"))

    problems = letters.check()

    assert why in "\n".join(problems)
    assert all("en/outcome" in problem for problem in problems)
    assert letters.render(alert).text == "hi\n"
    if "lacks" not in why and "shows" not in why:
        with pytest.raises(LetterError):
            letters.render(outcome)


def test_an_absent_letter_is_reported(tmp_path: Path) -> None:
    """A language without one of the letters is a problem `check` names."""
    folder = _folder(tmp_path, "Subject: {{ reference }}\n\nhi\n")
    (folder / "en" / "alert.html.j2").unlink()

    (problem,) = Letters(zone=ZoneInfo("Asia/Shanghai"), folder=folder).check()

    assert "letter en/alert" in problem
    assert "alert.html.j2" in problem


def test_a_folder_without_letters_is_reported(tmp_path: Path) -> None:
    """A wrong path in the settings doesn't pass as "nothing wrong"."""
    letters = Letters(zone=ZoneInfo("Asia/Shanghai"), folder=tmp_path / "typo")

    assert letters.check() == (f"{tmp_path / 'typo'}: there is no folder of a language",)
