"""The commands that keep a desk for years: its backup, and the way back."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.command_line import DEFAULT, Config


def backup(
    out: Annotated[str, typer.Option("--out", help="A new file, or a folder that gets one.")],
    config_file: Config = DEFAULT,
    keep: Annotated[
        int, typer.Option("--keep", min=0, help="Then keep so many in the folder; 0: all.")
    ] = 0,
    days: Annotated[
        int, typer.Option("--days", min=0, help="Then remove those that are older; 0: none.")
    ] = 0,
    with_data_key: Annotated[
        bool, typer.Option("--with-data-key", help="With the key that opens encrypted mails.")
    ] = False,
) -> None:
    """Write database, keys, models and rules into one file while the desk works, and read it."""
    from pipeline import commands_care

    code = commands_care.backup(config_file, out, keep=keep, days=days, data_key=with_data_key)
    raise typer.Exit(code)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Written by `backup`.")],
    config_file: Config = DEFAULT,
    dead_since: Annotated[
        str,
        typer.Option(
            "--dead-since", help="The old desk did nothing after this time; else until now."
        ),
    ] = "",
) -> None:
    """Put a backup back into an empty database; nothing is sent until a person has looked."""
    from pipeline import commands_care

    raise typer.Exit(commands_care.restore(config_file, file, dead_since=dead_since))
