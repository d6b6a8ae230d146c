"""The values that a tag may have, where its settings say them."""

from daogou.profile import rfm
from daogou.profile.lifecycle import STATES
from daogou.profile.tag_settings import TagSettings, bands


def possible(tag: TagSettings) -> list[str]:
    """The values that the tag's settings name; none where they come from data.

    >>> possible(TagSettings(kind="band", edges=[100.0], names=["few", "many"]))
    ['few', 'many']
    """
    if tag.kind == "rule":
        return list(tag.rules)
    if tag.kind == "band":
        return bands(tag, tag.edges)
    if tag.kind == "rfm":
        return list(rfm.ENGLISH if tag.scheme == "rfm" else rfm.CHINESE)
    if tag.kind == "lifecycle":
        return list(STATES)
    return [tag.value] if tag.kind == "list" and not tag.value_column else []
