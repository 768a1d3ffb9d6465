"""What `evaluate` and `train` do; run.py only unpacks the command line."""

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table

from cases.model import Category
from pipeline import config, diagram, models
from pipeline.exits import BAD_DATA, NO_INPUT, NOT_ALLOWED, OK, say
from pipeline.terminal import opened, write_row, write_table

if TYPE_CHECKING:
    from classify.evaluate import Report
    from classify.train import Metrics


def evaluate(
    data: Path, *, model: Path, all_texts: bool, picture: Path | None, as_json: bool
) -> int:
    """Print how well a model reads labelled texts; of our own only those that never trained."""
    from classify.corpus import load, load_real, read_readings
    from classify.evaluate import evaluate as evaluate_model

    try:
        if data.is_dir():
            examples = [one for one in load(data) if all_texts or one.held_out]
        else:
            examples = load_real(data, read_readings())
        report = evaluate_model(examples, model_path=model)
    except OSError as error:
        say(f"{data}: {error.strerror}")
        return NO_INPUT
    except ValueError as error:
        say(str(error))
        return BAD_DATA
    if picture is not None:
        words = diagram.reliability(report.languages, model=report.model)
        picture.write_text(words, encoding="utf-8")
    if as_json:
        write_row(asdict(report))
        return OK
    for table in _tables(report):
        write_table(table)
    if picture is not None:
        sys.stdout.write(f"reliability diagram: {picture}\n")
    return OK


def _tables(report: "Report") -> Iterable[Table]:
    languages = report.languages.items()
    names = [category.value for category in Category]
    yield _table(
        f"{report.model}: one category for each text (F1)",
        ("", "texts", "accuracy", "macro-F1", *names),
        [
            (key, f.texts, f.accuracy, f.macro_f1, *(f.f1[name] for name in names))
            for key, f in languages
        ],
    )
    yield _table(
        "All that apply (F1), and is it a complaint at all (accuracy)",
        ("", *names[:3], "complaint or not"),
        [
            (key, *(f.labels_f1[name] for name in names[:3]), f.matter_accuracy)
            for key, f in languages
        ],
    )
    yield _table(
        "If everything from a score on were filed without a person",
        ("score", *(f"{key} {what}" for key, _ in languages for what in ("share", "right"))),
        [
            (row[0][0], *(part for one in row for part in one[1:]))
            for row in zip(*(f.filed for _, f in languages), strict=True)
        ],
    )
    yield _table(
        "How far to trust a score",
        ("", "share at 95 % accuracy", "calibration error"),
        [(key, f.coverage, f.calibration_error) for key, f in languages],
    )
    yield _table("Taken for another", ("wanted > said", "texts"), list(report.confusion.items()))
    yield _table("Accuracy by domain", ("domain", "accuracy"), list(report.domains.items()))


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="left" if column == columns[0] else "right")
    for row in rows:
        table.add_row(*(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row))
    return table


def train_anew(data: Path, out: Path, *, real: Sequence[Path]) -> int:
    """Train the model we ship from labelled texts, and say whether it got better or worse."""
    from classify.train import train

    before = _metrics(out)
    try:
        metrics = train(data, out, real=real)
    except OSError as error:
        say(f"{error.filename}: {error.strerror}")
        return NO_INPUT
    except ValueError as error:
        say(str(error))
        return BAD_DATA
    for line in _change(before, metrics):
        sys.stdout.write(line + "\n")
    return OK


def _metrics(folder: Path) -> dict[str, float]:
    try:
        found = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["macro_f1"]
    except (OSError, ValueError, KeyError):
        return {}
    return {str(language): float(score) for language, score in found.items()}


def _change(before: dict[str, float], metrics: "Metrics") -> Iterable[str]:
    for language, score in metrics.macro_f1.items():
        was = before.get(language, score)
        verdict = "WORSE" if score < was else "better" if score > was else "as before"
        yield (
            f"{language}: macro-F1 {was:.3f} -> {score:.3f} ({verdict}) "
            f"on {metrics.held_out[language]} texts that never trained"
        )


def train_on_corrections(config_file: Path, data: Path, *, promote: bool) -> int:
    """Let a model learn from this desk's corrections; it goes live only if it got no worse."""
    from classify.learn import learn
    from pipeline.learning import corrected

    desk = opened(config_file)
    live = models.live_model(desk.settings.models)
    candidate = desk.settings.models / "candidate"
    try:
        found = learn(live, data, candidate, list(corrected(desk)))
    except ValueError as error:
        say(str(error))
        return BAD_DATA
    sys.stdout.write(
        f"{found.corrections} corrections: the live model gets {found.right_before} right, "
        f"one that learned from the others {found.right_after}\n"
    )
    for language, texts in found.tested.items():
        before, after = found.before[language], found.after[language]
        sys.stdout.write(f"{language}: of {texts} texts of ours {before} -> {after} right\n")
    for reason in found.worse:
        say(f"not as good as the live model: {reason}")
    if found.worse:
        return NOT_ALLOWED if promote else OK
    if not promote:
        sys.stdout.write("it may go live: run this again with --promote\n")
        return OK
    final = desk.settings.models / found.version
    if not final.exists():  # the same corrections give the same model
        candidate.rename(final)
    else:
        shutil.rmtree(candidate)
    models.promote(desk.settings.models, final.name)
    sys.stdout.write(f"{final.name} judges from the next start of the desk on\n")
    return OK


def roll_back(config_file: Path) -> int:
    """Let the model before the live one judge again."""
    name = models.roll_back(config.load(config_file).models)
    sys.stdout.write(f"{name or 'the shipped model'} judges from the next start of the desk on\n")
    return OK
