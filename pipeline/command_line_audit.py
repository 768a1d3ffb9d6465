"""The command line of `audit`: one case to hand out, and whether anything was changed."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.command_line import DEFAULT, Config, Json, Restricted

audit_app = typer.Typer(no_args_is_help=True, help="Prove what happened, and export a case.")


@audit_app.command("export")
def audit_export(
    reference: Annotated[str, typer.Argument(metavar="CASE", help="Such as C-2026-000123.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.zip", help="A new file.")],
    config_file: Config = DEFAULT,
    restricted: Restricted = False,
) -> None:
    """Write everything about a case into a ZIP that can be checked without the desk."""
    from pipeline import commands_audit

    raise typer.Exit(commands_audit.export(config_file, reference, out=out, restricted=restricted))


@audit_app.command("verify")
def audit_verify(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE.zip]", help="An export; else the database.")
    ] = None,
    anchor: Annotated[
        str, typer.Option("--anchor", metavar="HASH", help="One that left by mail.")
    ] = "",
    config_file: Config = DEFAULT,
    json: Json = False,
) -> None:
    """Say what was changed, deleted or added past the desk; exit code 65 if anything was."""
    from pipeline import commands_audit

    if file is not None:
        raise typer.Exit(commands_audit.verify_file(file, anchor=anchor, as_json=json))
    raise typer.Exit(commands_audit.verify(config_file, anchor=anchor, as_json=json))
