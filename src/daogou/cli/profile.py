"""``daogou profile``: the stage, and one customer whole."""

from typing import Annotated

import typer

from daogou.base.words import gettext as _
from daogou.cli.group import AsJson, Folder, say, workspace_of

group = typer.Typer(add_completion=False, rich_markup_mode=None)


@group.command(help=_("One customer whole: attributes, rhythm, segments, orders, refunds, chances and picks."))
def show(
    context: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("The id as it stands in your files."))],
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show one customer."""
    from daogou.flows.customer import show_customer

    say(show_customer(workspace_of(context, workspace), customer), context, as_json)
