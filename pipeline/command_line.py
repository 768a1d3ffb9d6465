"""The command line of quarantine and letters, and the options that all commands share."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path, typer.Option("--config-file", "-c", envvar="DESK_CONFIG", help="The operator's file.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
MOST = 2**53  # no row has a greater number
Number = Annotated[int, typer.Argument(metavar="ID", min=1, max=MOST)]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept.")]
DEFAULT = Path("config.yaml")

quarantine_app = typer.Typer(no_args_is_help=True, help="Decide on mails that were set aside.")
letters_app = typer.Typer(no_args_is_help=True, help="Decide on letters that did not arrive.")


@quarantine_app.command("list")
def quarantine_list(config_file: Config = DEFAULT, json: Json = False) -> None:
    """List the mails that were set aside; no word of theirs is shown."""
    from pipeline import commands_ledger

    raise typer.Exit(commands_ledger.quarantine_list(config_file, as_json=json))


@quarantine_app.command("show")
def quarantine_show(number: Number, config_file: Config = DEFAULT) -> None:
    """Show who wrote, about what, the first lines, and why the mail was set aside."""
    from pipeline import commands_ledger

    raise typer.Exit(commands_ledger.quarantine_show(config_file, number))


@quarantine_app.command("export")
def quarantine_export(
    number: Number,
    out: Annotated[str, typer.Option("--out", help="A new file, or - for standard output.")],
    config_file: Config = DEFAULT,
) -> None:
    """Write the untouched mail to a file that is not there yet."""
    from pipeline import commands_ledger

    raise typer.Exit(commands_ledger.quarantine_export(config_file, number, out=out))


@quarantine_app.command("retry")
def quarantine_retry(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="ID", min=1, max=MOST)] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that are set aside.")] = False,
    config_file: Config = DEFAULT,
) -> None:
    """Let the daemon try mails again from the first attempt."""
    from pipeline import commands_ledger

    code = commands_ledger.quarantine_retry(config_file, numbers or [], everything=everything)
    raise typer.Exit(code)


@quarantine_app.command("drop")
def quarantine_drop(number: Number, reason: Reason, config_file: Config = DEFAULT) -> None:
    """Decide that no case shall come of a mail; it stays in the database."""
    from pipeline import commands_ledger

    raise typer.Exit(commands_ledger.quarantine_drop(config_file, number, reason=reason))


@letters_app.command("list")
def letters_list(
    config_file: Config = DEFAULT,
    state: Annotated[str, typer.Option(help="Of this state; else failed and held ones.")] = "",
    json: Json = False,
) -> None:
    """List letters that rest until a person decides."""
    from pipeline import commands_ledger

    raise typer.Exit(commands_ledger.letters_list(config_file, state=state, as_json=json))


@letters_app.command("retry")
def letters_retry(
    numbers: Annotated[list[int], typer.Argument(metavar="ID", min=1, max=MOST)],
    config_file: Config = DEFAULT,
) -> None:
    """Send letters once more that failed or are held."""
    from pipeline import commands_ledger

    raise typer.Exit(commands_ledger.letters_retry(config_file, numbers))


@letters_app.command("drop")
def letters_drop(number: Number, reason: Reason, config_file: Config = DEFAULT) -> None:
    """Give a letter up for good, for example because a person wrote instead."""
    from pipeline import commands_ledger

    raise typer.Exit(commands_ledger.letters_drop(config_file, number, reason=reason))
