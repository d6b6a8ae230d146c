"""A model's card as a page of its own, in both languages, without a script."""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from daogou.base import words
from daogou.base.words import gettext as _
from daogou.report.contexts import CardPage
from daogou.report.page import NAMES, TAGS, asset


def render_card(card: CardPage) -> str:
    """The page, to be written as UTF-8."""
    environment = Environment(
        loader=PackageLoader("daogou.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"_": _}
    return environment.get_template("card.html").render(
        card=card,
        languages=[{"code": code, "tag": TAGS[code], "name": NAMES[code]} for code in words.LANGUAGES],
        bodies={code: _body(environment, card, code) for code in words.LANGUAGES},
        style=Markup(asset("page.css")),  # noqa: S704 our own file
    )


def _body(environment: Environment, card: CardPage, code: str) -> Markup:
    with words.language(code):
        return Markup(environment.get_template("card_body.html").render(card=card, code=code))  # noqa: S704 autoescaped
