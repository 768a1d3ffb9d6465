"""Complaint Desk. `python run.py` alone is `serve`; this file reads the command line, nothing else.

Exit codes as sysexits.h: 0 fine, 64 wrong usage, 65 bad data, 66 no such file, 69 a service is
away, 70 our own error, 75 try again later, 77 not permitted, 78 wrong configuration.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="An e-mail driven complaints desk. Without a command it serves.",
)
cases_app = typer.Typer(no_args_is_help=True, help="Look at cases.")
db_app = typer.Typer(no_args_is_help=True, help="Look after the database.")
quarantine_app = typer.Typer(no_args_is_help=True, help="Decide on mails that were set aside.")
letters_app = typer.Typer(no_args_is_help=True, help="Decide on letters that did not arrive.")
app.add_typer(cases_app, name="cases")
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(letters_app, name="letters")
app.add_typer(db_app, name="db")

Config = Annotated[
    Path, typer.Option("--config-file", "-c", envvar="DESK_CONFIG", help="The operator's file.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
MOST = 2**53  # no row has a greater number
Number = Annotated[int, typer.Argument(metavar="ID", min=1, max=MOST)]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept.")]
DEFAULT = Path("config.yaml")
TEXTS, MODEL = Path("classify/data"), Path("classify/model")


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """Serve when no command is given."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve(
    config_file: Config = DEFAULT,
    once: Annotated[bool, typer.Option("--once", help="Work off what is waiting and end.")] = False,
) -> None:
    """Run the daemon: read mailboxes, handle mails, send letters."""
    from pipeline import commands

    raise typer.Exit(commands.serve(config_file, once=once))


@app.command()
def ingest(files: list[Path], config_file: Config = DEFAULT) -> None:
    """Take mails in by hand, through the same path as any other."""
    from pipeline import commands

    raise typer.Exit(commands.ingest(config_file, files))


@app.command()
def parse(paths: list[Path], config_file: Config = DEFAULT, json: Json = False) -> None:
    """Show how mails are read: who wrote, what is new, what kind of sender. Folders too."""
    from pipeline import commands

    raise typer.Exit(commands.parse(config_file, paths, as_json=json))


@app.command()
def classify(config_file: Config = DEFAULT, json: Json = False) -> None:
    """Classify texts from standard input, one JSON object {id, text} a line."""
    from pipeline import commands

    raise typer.Exit(commands.classify(config_file, sys.stdin, as_json=json))


@app.command()
def explain(file: Path, config_file: Config = DEFAULT) -> None:
    """Say in words what would be decided about a mail, and why."""
    from pipeline import commands

    raise typer.Exit(commands.explain(config_file, file))


@app.command()
def status(config_file: Config = DEFAULT, json: Json = False) -> None:
    """Say whether the desk is well; exit code 69 if it is not."""
    from pipeline import commands

    raise typer.Exit(commands.status(config_file, as_json=json))


@app.command()
def check(
    config_file: Config = DEFAULT,
    offline: Annotated[
        bool, typer.Option("--offline", help="Open no mailbox and no mail server.")
    ] = False,
) -> None:
    """Check config.yaml, rules.yaml, letters, database and mailboxes; every problem at once."""
    from pipeline import commands

    raise typer.Exit(commands.check(config_file, online=not offline))


@app.command()
def train(
    data: Annotated[Path, typer.Option("--data", help="Folder of labelled texts.")] = TEXTS,
    model: Annotated[Path, typer.Option("--model", help="Where the model goes.")] = MODEL,
) -> None:
    """Train the classifier anew from its labelled texts; the same texts give the same model."""
    from pipeline import commands

    raise typer.Exit(commands.train(data, model))


@app.command()
def demo() -> None:
    """Play the whole story of one complaint in a throw-away folder."""
    from pipeline.demo import play

    raise typer.Exit(play())


@cases_app.command("list")
def cases_list(
    config_file: Config = DEFAULT,
    status: Annotated[str, typer.Option(help="Only cases of this status.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    json: Json = False,
) -> None:
    """List the newest cases."""
    from pipeline import commands

    raise typer.Exit(commands.cases_list(config_file, status=status, limit=limit, as_json=json))


@cases_app.command("show")
def cases_show(reference: str, config_file: Config = DEFAULT, json: Json = False) -> None:
    """Show the file of one case, such as C-2026-000123."""
    from pipeline import commands

    raise typer.Exit(commands.cases_show(config_file, reference, as_json=json))


@app.command()
def reconcile(config_file: Config = DEFAULT, json: Json = False) -> None:
    """Compare mailboxes and ledger: every mail has exactly one outcome; exit code 65 if not."""
    from pipeline import commands_ledger

    raise typer.Exit(commands_ledger.reconcile(config_file, as_json=json))


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


@db_app.command("upgrade")
def db_upgrade(config_file: Config = DEFAULT) -> None:
    """Bring the database to this version's schema; safe to repeat."""
    from pipeline import commands

    raise typer.Exit(commands.db_upgrade(config_file))


def main() -> None:
    """Run, and turn every error we know into its sentence and its exit code."""
    from pipeline.exits import guarded

    sys.exit(guarded(app))


if __name__ == "__main__":
    main()
