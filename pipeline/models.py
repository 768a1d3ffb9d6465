"""Which model judges: the one we ship, or one that learned from this desk's corrections.

The folder `models` of config.yaml holds one folder for each model that was trained here, and the
file `live`: one line for each model that went live, the last one counts. An empty line stands for
the model we ship. The file is replaced as a whole, so a crash leaves the old or the new one.
"""

import os
from pathlib import Path

from cases.errors import DeskError
from classify.classifier import MODEL

_LIVE = "live"


class NoModel(DeskError):
    """A model that should judge is not there."""


def live_model(folder: Path) -> Path:
    """Return the folder of the model that judges; raises NoModel if it is gone."""
    names = _history(folder)
    if not names or not names[-1]:
        return MODEL
    found = folder / names[-1]
    if not (found / "meta.json").is_file():
        raise NoModel(
            f"{folder / _LIVE}: the model {names[-1]} is not there; put its folder back, "
            "or run: python run.py train --roll-back"
        )
    return found


def promote(folder: Path, name: str) -> None:
    """Let the model in `folder`/`name` judge from the next start on."""
    if not (folder / name / "meta.json").is_file():
        raise NoModel(f"{folder / name} holds no model")
    names = _history(folder)
    if names[-1:] != [name]:  # else going back would change nothing
        _write(folder, [*names, name])


def roll_back(folder: Path) -> str:
    """Let the model before the live one judge again; return its name, "" for the one we ship.

    Raises NoModel if nothing was ever promoted.
    """
    names = _history(folder)
    if not names:
        raise NoModel(f"no model of {folder} is live: the one that is shipped judges")
    _write(folder, names[:-1])
    return names[-2] if len(names) > 1 else ""


def _history(folder: Path) -> list[str]:
    try:
        return (folder / _LIVE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _write(folder: Path, names: list[str]) -> None:
    new = folder / f"{_LIVE}.new"
    with new.open("w", encoding="utf-8") as file:
        file.write("".join(f"{name}\n" for name in names))
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / _LIVE)
