"""The command line of cases, registers, quarantine and letters, and the options all share."""

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
By = Annotated[str, typer.Option("--by", help="Who says so; else the user's name.")]
Restricted = Annotated[
    bool, typer.Option("--restricted", help="With what only few may see, as liability.")
]

cases_app = typer.Typer(no_args_is_help=True, help="Look at cases, correct and close them.")
clock_app = typer.Typer(no_args_is_help=True, help="Look at the times that run for a case.")
rules_app = typer.Typer(no_args_is_help=True, help="Look after the supervisors' file.")


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


@clock_app.command("explain")
def clock_explain(
    reference: Annotated[str, typer.Argument(metavar="CASE", help="Such as C-2026-000123.")],
    config_file: Config = DEFAULT,
    json: Json = False,
) -> None:
    """Say how every date of a case came about, and what happens next."""
    from pipeline import commands_clock

    raise typer.Exit(commands_clock.clock_explain(config_file, reference, as_json=json))


@rules_app.command("check")
def rules_check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Else the one config.yaml names.")
    ] = None,
    config_file: Config = DEFAULT,
) -> None:
    """Show every mistake in rules.yaml with its line; opens no database and no mailbox."""
    from pipeline import commands_rules

    raise typer.Exit(commands_rules.check(config_file, file))


@rules_app.command("schema")
def rules_schema() -> None:
    """Print the JSON Schema of rules.yaml, by which editors help and check while one writes."""
    from pipeline import commands_rules

    raise typer.Exit(commands_rules.schema())


@cases_app.command("show")
def cases_show(
    reference: str,
    config_file: Config = DEFAULT,
    restricted: Restricted = False,
    json: Json = False,
) -> None:
    """Show the file of one case, such as C-2026-000123: its story first."""
    from pipeline import commands_cases

    raise typer.Exit(
        commands_cases.cases_show(config_file, reference, as_json=json, restricted=restricted)
    )


@cases_app.command("note")
def cases_note(
    reference: str,
    text: Annotated[str, typer.Option("--text", help="The words; - reads them from input.")],
    kind: Annotated[
        str, typer.Option("--kind", help="A register, as contact or cost; else a plain note.")
    ] = "",
    by: By = "",
    restricted: Annotated[
        bool, typer.Option("--restricted", help="Shown only where asked for, never in a letter.")
    ] = False,
    config_file: Config = DEFAULT,
) -> None:
    """Enter something into the file of a case: a note, a call, a cost."""
    from pipeline import commands_cases

    code = commands_cases.cases_note(
        config_file, reference, kind=kind, text=text, by=by, restricted=restricted
    )
    raise typer.Exit(code)


@cases_app.command("close")
def cases_close(reference: str, reason: Reason, by: By = "", config_file: Config = DEFAULT) -> None:
    """Close a case without an outcome, because it was taken back for example."""
    from pipeline import commands_cases

    raise typer.Exit(commands_cases.cases_close(config_file, reference, reason=reason, by=by))


@cases_app.command("revoke")
def cases_revoke(
    reference: str,
    reason: Reason,
    party: Annotated[
        str, typer.Option("--party", help="An address or a key of rules.yaml; else everybody's.")
    ] = "",
    by: By = "",
    config_file: Config = DEFAULT,
) -> None:
    """Take back reply addresses and letters of a case: they prove nothing any more."""
    from pipeline import commands_revoke

    code = commands_revoke.cases_revoke(config_file, reference, party=party, reason=reason, by=by)
    raise typer.Exit(code)


@cases_app.command("add")
def cases_add(
    channel: Annotated[
        str,
        typer.Option("--channel", help="phone, letter, visit, web, app, social, platform, other."),
    ],
    text: Annotated[
        str, typer.Option("--text", help="What was said; - reads it from standard input.")
    ],
    name: Annotated[str, typer.Option("--from", help="Who complains.")] = "",
    contact: Annotated[str, typer.Option("--contact", help="Their address or phone.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who took it; else the user's name.")] = "",
    config_file: Config = DEFAULT,
) -> None:
    """Take in a complaint that did not come by mail."""
    from pipeline import commands_cases

    heard = commands_cases.Heard(channel=channel, name=name, contact=contact, text=text, by=by)
    raise typer.Exit(commands_cases.cases_add(config_file, heard))


@cases_app.command("export")
def cases_export(
    anonymised: Annotated[
        bool, typer.Option("--anonymised", help="Without names, addresses and numbers.")
    ] = False,
    since: Annotated[str, typer.Option("--since", help="Received from this day on.")] = "",
    config_file: Config = DEFAULT,
    json: Json = False,
) -> None:
    """Write all cases with their figures as CSV, for a review or for training."""
    from pipeline import commands_cases

    code = commands_cases.cases_export(
        config_file, anonymised=anonymised, since=since, as_json=json
    )
    raise typer.Exit(code)


def register(
    name: Annotated[str, typer.Argument(help="unresolved, overdue, measures, costs and so on.")],
    find: Annotated[str, typer.Option("--find", help="Only rows with these words.")] = "",
    restricted: Restricted = False,
    config_file: Config = DEFAULT,
    json: Json = False,
) -> None:
    """Print a register over all cases."""
    from pipeline import commands_registers

    raise typer.Exit(
        commands_registers.register(
            config_file, name, as_json=json, restricted=restricted, find=find
        )
    )
