"""The command line of personal data: erase, export, and the key that encrypts."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.command_line import DEFAULT, By, Config

Person = Annotated[
    str, typer.Argument(metavar="PERSON", help="Their mail address; - reads it from input.")
]


def erase(
    person: Annotated[
        str, typer.Argument(metavar="[PERSON]", help="Their mail address; - reads it from input.")
    ] = "",
    case: Annotated[str, typer.Option("--case", help="Only this case, C-2026-000123.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept. No names.")] = "",
    by: By = "",
    open_too: Annotated[
        bool, typer.Option("--open-too", help="Close open cases without an outcome, too.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be erased.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; nothing brings it back.")] = False,
    done: Annotated[
        bool, typer.Option("--list", help="List what was erased; whose it was is not known.")
    ] = False,
    config_file: Config = DEFAULT,
) -> None:
    """Take a person out of everything that is kept; figures for reports stay."""
    from pipeline import commands_privacy

    if done:
        raise typer.Exit(commands_privacy.list_erasures(config_file))
    wish = commands_privacy.Wish(
        person=person,
        reference=case,
        reason=reason,
        by=by,
        open_too=open_too,
        dry_run=dry_run,
        yes=yes,
    )
    raise typer.Exit(commands_privacy.erase_person(config_file, wish))


def export(
    person: Person,
    out: Annotated[Path, typer.Option("--out", help="A new file, FILE.zip.")],
    config_file: Config = DEFAULT,
) -> None:
    """Write all that is kept of a person into a file for them, as the law gives them a right to."""
    from pipeline import commands_privacy

    raise typer.Exit(commands_privacy.export_person(config_file, person, out=out))


def new_key(config_file: Config = DEFAULT) -> None:
    """Encrypt by a new key from now on; the desk must not run meanwhile."""
    from pipeline import commands_privacy

    raise typer.Exit(commands_privacy.new_key(config_file))
