"""The commands that follow mails through the desk."""

from typing import Annotated

import typer

from pipeline.command_line import DEFAULT, Config, Json

mails_app = typer.Typer(no_args_is_help=True, help="Follow a mail through the desk.")


@mails_app.command("list")
def mails_list(
    config_file: Config = DEFAULT,
    state: Annotated[str, typer.Option(help="Only in this state, such as ignored.")] = "",
    mailbox: Annotated[str, typer.Option(help="Only of this mailbox.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    json: Json = False,
) -> None:
    """List the newest mails and what became of them; no word of theirs is shown."""
    from pipeline import commands_mails

    code = commands_mails.mails_list(
        config_file, state=state, mailbox=mailbox, limit=limit, as_json=json
    )
    raise typer.Exit(code)


@mails_app.command("show")
def mails_show(
    about: Annotated[
        str, typer.Argument(metavar="ID|MESSAGE-ID|CASE", help="7, 1@example.com, C-2026-000123.")
    ],
    config_file: Config = DEFAULT,
    lang: Annotated[str, typer.Option(help="zh or en; else that of the rules.")] = "",
    json: Json = False,
) -> None:
    """Say when a mail came, how it was read, what was decided, and what letters came of it."""
    from pipeline import commands_mails

    raise typer.Exit(commands_mails.mails_show(config_file, about, language=lang, as_json=json))
