"""The command line of sign-ins at Microsoft, Google and others."""

from typing import Annotated

import typer

from pipeline.command_line import DEFAULT, Config

auth_app = typer.Typer(no_args_is_help=True, help="Sign in where passwords are not taken.")


@auth_app.command("check")
def auth_check(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="Of an entry of sign_in; else all.")
    ] = "",
    config_file: Config = DEFAULT,
) -> None:
    """Take a token, log in with it, and say what is wrong and who can mend it."""
    from pipeline import commands_auth

    raise typer.Exit(commands_auth.check(config_file, name))


@auth_app.command("login")
def auth_login(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of an entry of sign_in.")],
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where Google's answer is waited for.")
    ] = 8765,
    config_file: Config = DEFAULT,
) -> None:
    """Sign in as a person, once: shows an address and a code, keeps the refresh token."""
    from pipeline import commands_auth

    raise typer.Exit(commands_auth.login(config_file, name, port=port))
