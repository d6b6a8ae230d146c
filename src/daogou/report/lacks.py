"""What a block without data says: what it lacks, and the lines of daogou.toml that bring it."""

from daogou.base.words import gettext as _
from daogou.report.contexts import Missing


def why(block: Missing) -> str:
    """What is lacking, and what the block would show."""
    return {
        "orders": _("There are no orders yet."),
        "customers": _("No order names its customer. With a customer column this block shows who they are."),
        "lines": _("No order lines are mapped. With them this block shows what people buy again and what to offer."),
        "time": _("The data are too few or too short for this yet; more orders bring it."),
        "people": _("There are too few customers for this yet."),
        "campaigns": _("No past campaigns are mapped. With them this block shows what each cost and what it must earn."),
        "plan": _("No campaign is planned: too few customers for its gain to show."),
    }[block.lacks]


def add(block: Missing) -> str:
    """Lines of daogou.toml; empty where only time helps."""
    return {}.get(block.lacks, "")
