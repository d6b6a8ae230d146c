"""``daogou tag``: looking at tags; the stage segment computes them."""

from typing import Annotated

import typer

from daogou.base.words import gettext as _
from daogou.cli.group import AsJson, Folder, say, workspace_of

group = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@group.command("list", help=_("Every tag, and how many customers have it."))
def list_(context: typer.Context, workspace: Folder = None, as_json: AsJson = False) -> None:
    """List the tags."""
    from daogou.flows.tag_read import list_tags

    say(list_tags(workspace_of(context, workspace)), context, as_json)


@group.command(help=_("One tag: how many customers have each of its values."))
def show(
    context: typer.Context,
    tag: Annotated[str, typer.Argument(metavar="NAME", help=_("The tag's name in daogou.toml."))],
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show one tag."""
    from daogou.flows.tag_read import show_tag

    say(show_tag(workspace_of(context, workspace), tag), context, as_json)


@group.command(help=_("Every tag that a customer ever had: since when, until when, and why."))
def history(
    context: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help=_("The id as it stands in your files."))],
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show one customer's tags."""
    from daogou.flows.tag_read import tag_history

    say(tag_history(workspace_of(context, workspace), customer), context, as_json)


@group.callback()
def tag(workspace: Folder = None, as_json: AsJson = False) -> None:
    """Hold the options that may stand before a command of the group."""
