"""How a sentence is put together: everything that comes from data is escaped, numbers are set apart for the eye."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from daogou.base.words import current_language
from daogou.base.words import gettext as _


def say(sentence: str, **values: object) -> Markup:
    """A translated sentence with its values, these escaped and the sentence too.

    >>> say("sold: {n} of {what}", n=number("7"), what="<b>")
    Markup('sold: <strong>7</strong> of &lt;b&gt;')
    """
    return escape(sentence).format(**values)


def number(text: str) -> Markup:
    """A figure that the eye should find."""
    return Markup("<strong>{}</strong>").format(text)


def data(text: object) -> Markup:
    """A word of the company's own, which no language translates."""
    return Markup('<bdi translate="no">{}</bdi>').format(text)


def joined(*said: object) -> Markup:
    """Sentences one after the other: with a space in English, without one in Chinese; a full stop where one lacks.

    >>> joined("a coupon on milk", "It is new.")
    Markup('A coupon on milk. It is new.')
    """
    stop, space = ("。", "") if current_language() == "zh" else (".", " ")
    whole = [_capital(escape(part)) for part in said if str(part)]
    return escape(space).join(part if part.endswith((".", "。", "？", "?")) else part + stop for part in whole)


def _capital(text: Markup) -> Markup:
    return text[:1].upper() + text[1:]


def listed(titles: Sequence[str]) -> Markup:
    """Words of the company one after the other."""
    return escape(_(", ")).join(data(title) for title in titles)
