"""Complaint Desk. `python run.py` alone is `serve`; this file reads the command line, nothing else.

Exit codes as sysexits.h: 0 fine, 64 wrong usage, 65 bad data, 66 no such file, 69 a service is
away, 70 our own error, 73 nothing could be written there, 74 the database is damaged, 75 try again
later, 77 not permitted, 78 wrong configuration.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.command_line import (
    DEFAULT,
    Config,
    Json,
    cases_app,
    clock_app,
    letters_app,
    quarantine_app,
    register,
)
from pipeline.command_line_audit import audit_app
from pipeline.command_line_auth import auth_app
from pipeline.command_line_care import backup, restore
from pipeline.command_line_mails import mails_app
from pipeline.command_line_privacy import erase, export, new_key
from pipeline.command_line_rules import rules_app

app = typer.Typer(
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="An e-mail driven complaints desk. Without a command it serves.",
)
db_app = typer.Typer(no_args_is_help=True, help="Look after the database.")
app.add_typer(cases_app, name="cases")
app.add_typer(mails_app, name="mails")
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(letters_app, name="letters")
app.add_typer(clock_app, name="clock")
app.add_typer(rules_app, name="rules")
app.add_typer(audit_app, name="audit")
app.add_typer(db_app, name="db")
app.add_typer(auth_app, name="auth")
app.command()(register)
app.command()(backup)
app.command()(restore)
app.command()(erase)
app.command()(export)
db_app.command("new-key")(new_key)

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
def explain(
    about: Annotated[str, typer.Argument(metavar="FILE|CASE", help="mail.eml, or C-2026-000123.")],
    config_file: Config = DEFAULT,
    lang: Annotated[str, typer.Option(help="zh or en; else that of the rules.")] = "",
) -> None:
    """Say in words what would be decided about a mail, or was about a case, rule by rule."""
    from pipeline import commands

    raise typer.Exit(commands.explain(config_file, about, language=lang))


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
    config_file: Config = DEFAULT,
    promote: Annotated[
        bool, typer.Option("--promote", help="Let it judge if it is at least as good.")
    ] = False,
    roll_back: Annotated[
        bool, typer.Option("--roll-back", help="Let the model before the live one judge again.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Make the model we ship from its labelled texts.")
    ] = False,
    real: Annotated[
        list[Path] | None, typer.Option("--real", help="With --anew: complainants' own texts.")
    ] = None,
    data: Annotated[Path, typer.Option("--data", help="Folder of labelled texts.")] = TEXTS,
    model: Annotated[Path, typer.Option("--model", help="Where --anew puts it.")] = MODEL,
) -> None:
    """Learn from this desk's corrections; the new model is measured beside the live one."""
    from pipeline import commands_model as commands

    if roll_back:
        raise typer.Exit(commands.roll_back(config_file))
    if anew:
        raise typer.Exit(commands.train_anew(data, model, real=real or []))
    raise typer.Exit(commands.train_on_corrections(config_file, data, promote=promote))


@app.command()
def evaluate(
    data: Annotated[
        Path, typer.Option("--data", help="Labelled texts: a folder or a file.")
    ] = TEXTS,
    model: Annotated[Path, typer.Option("--model", help="The model to measure.")] = MODEL,
    all_texts: Annotated[
        bool, typer.Option("--all", help="Of a folder also the texts it was trained on.")
    ] = False,
    diagram: Annotated[
        Path | None, typer.Option("--diagram", help="Write a reliability diagram (SVG) here.")
    ] = None,
    json: Json = False,
) -> None:
    """Measure a model on labelled texts: by language, category and domain, and its doubt."""
    from pipeline import commands_model as commands

    raise typer.Exit(
        commands.evaluate(data, model=model, all_texts=all_texts, picture=diagram, as_json=json)
    )


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
    customer: Annotated[str, typer.Option(help="Only of whose name or address has this.")] = "",
    product: Annotated[str, typer.Option(help="Only of this product, model, batch, serial.")] = "",
    tag: Annotated[str, typer.Option(help="Only those that a rule tagged so.")] = "",
    json: Json = False,
) -> None:
    """List the newest cases."""
    from pipeline import commands

    code = commands.cases_list(
        config_file,
        status=status,
        limit=limit,
        as_json=json,
        customer=customer,
        product=product,
        tag=tag,
    )
    raise typer.Exit(code)


@cases_app.command("correct")
def cases_correct(
    reference: str,
    category: Annotated[
        str, typer.Option("--category", help="Its name, its letter, or N for no complaint.")
    ],
    by: Annotated[str, typer.Option("--by", help="Who says so; else the user's name.")] = "",
    note: Annotated[str, typer.Option("--note", help="Why; it is kept.")] = "",
    config_file: Config = DEFAULT,
) -> None:
    """Say what a case is about; departments are told, and training learns from it."""
    from pipeline import commands_cases

    raise typer.Exit(
        commands_cases.cases_correct(config_file, reference, category=category, by=by, note=note)
    )


@rules_app.command("replay")
def rules_replay(
    since: Annotated[
        str, typer.Option("--since", help="Mails from then on: 30d, 12h, or 2026-11-30.")
    ],
    until: Annotated[str, typer.Option("--until", help="And before then; else until now.")] = "",
    rules: Annotated[
        Path | None, typer.Option("--rules", help="The new file; else the live one, with then.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write a page for the supervisors here.")
    ] = None,
    lang: Annotated[str, typer.Option(help="zh or en; else that of the rules.")] = "",
    config_file: Config = DEFAULT,
    json: Json = False,
) -> None:
    """Show which cases of a period new rules would change, and why; nothing is sent or stored."""
    from pipeline import commands_replay

    code = commands_replay.replay_rules(
        config_file, since=since, until=until, rules=rules, html=html, language=lang, as_json=json
    )
    raise typer.Exit(code)


@app.command()
def reconcile(config_file: Config = DEFAULT, json: Json = False) -> None:
    """Compare mailboxes and ledger: every mail has exactly one outcome; exit code 65 if not."""
    from pipeline import commands_ledger

    raise typer.Exit(commands_ledger.reconcile(config_file, as_json=json))


@rules_app.command("test")
def rules_test(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Else the one config.yaml names.")
    ] = None,
    config_file: Config = DEFAULT,
) -> None:
    """Play the examples of rules.yaml and compare what comes of them; touches no database."""
    from pipeline import commands_rehearse

    raise typer.Exit(commands_rehearse.test(config_file, file))


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
