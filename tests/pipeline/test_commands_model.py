"""`evaluate` and `train`, from a desk's corrections to the model that judges, and back."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from cases.model import Category
from classify.classifier import MODEL, Classifier
from classify.vocabulary import Vocabulary
from pipeline.correct import correct_case
from pipeline.exits import guarded
from pipeline.learning import corrected
from pipeline.models import live_model
from routing.choices import Choice
from tests.conftest import PELIKAN, MakeRaw
from tests.pipeline.conftest import Office

pytestmark = pytest.mark.timeout(400)  # training takes half a minute, more on a busy machine

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(
    config_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Cli:
    """Return a function that runs one command with the test's config.yaml."""
    monkeypatch.setenv("DESK_CONFIG", str(config_file))

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["run.py", *arguments])
        code = guarded(run.app)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def judged_by_the_small_model(office: Office, small_model: Path) -> Office:
    """A desk whose live model is the small one."""
    folder = office.desk.settings.models
    folder.mkdir()
    shutil.copytree(small_model, folder / "small")
    (folder / "live").write_text("small\n", encoding="utf-8")
    return office


def complain_of_pelikan(office: Office, make_raw: MakeRaw) -> None:
    """Twelve customers name this desk's courier; the operator says each time it is delivery."""
    for number, text in enumerate(PELIKAN, start=1):
        office.take(
            make_raw(
                f"{text}\n",
                sender=f"c{number}@customer.example",
                subject="Pelikan",
                message_id=f"p{number}@customer.example",
            )
        )
        correct_case(
            office.desk,
            f"C-2026-{number:06d}",
            Choice(category=Category.DELIVERY),
            by="Li Na",
            now=office.now,
        )


def test_corrections_are_texts_to_learn_from(office: Office, make_raw: MakeRaw) -> None:
    """Subject and words of the first mail, and the last word on it."""
    complain_of_pelikan(office, make_raw)

    texts = list(corrected(office.desk))

    assert len(texts) == 12
    assert texts[0].text == "Pelikan\nPelikan again! Second time this month"
    assert {example.category for example in texts} == {Category.DELIVERY}


def test_a_model_learns_goes_live_and_is_taken_back(
    judged_by_the_small_model: Office, make_raw: MakeRaw, few_texts: Path, cli: Cli
) -> None:
    """Nothing changes before --promote; afterwards the desk's own word is understood."""
    complain_of_pelikan(judged_by_the_small_model, make_raw)
    folder = judged_by_the_small_model.desk.settings.models

    code, out, _ = cli("train", "--data", str(few_texts))
    assert (code, live_model(folder).name) == (0, "small")
    assert "12 corrections" in out
    assert "--promote" in out

    code, out, _ = cli("train", "--data", str(few_texts), "--promote")
    assert code == 0
    new = live_model(folder)
    assert new.name in out
    said = Classifier(Vocabulary(), model_path=new).classify("Pelikan late again, no Pelikan here")
    assert said.category is Category.DELIVERY
    assert said.model == f"complaints-{new.name}"

    code, out, _ = cli("train", "--roll-back")
    assert (code, live_model(folder).name) == (0, "small")


def test_too_few_corrections_are_told(office: Office, few_texts: Path, cli: Cli) -> None:
    """A desk that has none learns why nothing happens."""
    code, _, err = cli("train", "--data", str(few_texts))

    assert code == 65
    assert "0 corrections are too few" in err
    assert live_model(office.desk.settings.models) == MODEL


def test_training_anew_says_whether_it_got_worse(
    few_texts: Path, small_model: Path, tmp_path: Path, cli: Cli
) -> None:
    """The figures of the model that lay there before stand beside the new ones."""
    shutil.copytree(small_model, tmp_path / "model")
    metrics = tmp_path / "model" / "metrics.json"
    before = json.loads(metrics.read_text(encoding="utf-8"))
    before["macro_f1"] = {"en": 0.999, "zh": 0.0}
    metrics.write_text(json.dumps(before), encoding="utf-8")

    code, out, _ = cli(
        "train", "--anew", "--data", str(few_texts), "--model", str(tmp_path / "model")
    )

    assert code == 0
    assert "en: macro-F1 0.999 -> " in out
    assert "(WORSE)" in out
    assert "(better)" in out


def test_evaluate_shows_every_table_and_draws(
    few_texts: Path, small_model: Path, tmp_path: Path, cli: Cli
) -> None:
    """Categories, doubt, confusion, domains, and the reliability diagram."""
    picture = tmp_path / "reliability.svg"
    code, out, _ = cli(
        "evaluate", "--data", str(few_texts), "--model", str(small_model), "--diagram", str(picture)
    )

    assert code == 0
    for words in ("macro-F1", "95 % accuracy", "wanted > said", "domain", "0.60"):
        assert words in out
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def test_evaluate_as_json_and_what_cannot_be_read(
    few_texts: Path, small_model: Path, tmp_path: Path, cli: Cli
) -> None:
    """Programs get one object; a file that is not there, or no labels, is told."""
    code, out, _ = cli("evaluate", "--data", str(few_texts), "--model", str(small_model), "--json")
    assert code == 0
    assert set(json.loads(out)["languages"]) == {"en", "zh"}

    (tmp_path / "bad.jsonl").write_text('{"text": 1\n', encoding="utf-8")
    assert cli("evaluate", "--data", str(tmp_path / "none.jsonl"))[0] == 66
    code, _, err = cli("evaluate", "--data", str(tmp_path / "bad.jsonl"))
    assert code == 65
    assert "bad.jsonl:1" in err
