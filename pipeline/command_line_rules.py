"""The commands that list, bring back and accept rules, beside those of pipeline/command_line.py."""

from typing import Annotated

import typer

from pipeline.command_line import DEFAULT, Config, Json, rules_app

__all__ = ["rules_app"]


@rules_app.command("history")
def rules_history(
    config_file: Config = DEFAULT,
    diff: Annotated[
        int | None, typer.Option("--diff", metavar="N", min=1, help="What number N changed.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    json: Json = False,
) -> None:
    """List the rules that were live: when, whose, and how much they changed."""
    from pipeline import commands_rules_live as commands

    raise typer.Exit(commands.history(config_file, diff=diff, limit=limit, as_json=json))


@rules_app.command("rollback")
def rules_rollback(
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", min=1, help="Else what was live before.")
    ] = None,
    config_file: Config = DEFAULT,
) -> None:
    """Put earlier rules back, after a check and their examples."""
    from pipeline import commands_rules_live as commands

    raise typer.Exit(commands.rollback(config_file, number))


@rules_app.command("accept")
def rules_accept(config_file: Config = DEFAULT) -> None:
    """Say yes to the rules that wait for it, because they drop many others for example."""
    from pipeline import commands_rules_live as commands

    raise typer.Exit(commands.accept_waiting(config_file))
