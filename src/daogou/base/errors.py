"""The one exception that a user sees."""

from daogou.base.words import gettext as _


class DaogouError(Exception):
    """A problem of the user's data or settings: what, where and what to do next.

    >>> print(DaogouError("unknown setting 'weekly_capp'", "daogou.toml [send]", "Did you mean 'weekly_cap'?"))
    daogou.toml [send]: unknown setting 'weekly_capp'. Did you mean 'weekly_cap'?
    """

    def __init__(self, problem: str, where: str, hint: str) -> None:
        super().__init__(problem, where, hint)
        self.problem = problem
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return _("{where}: {problem}. {hint}").format(where=self.where, problem=self.problem, hint=self.hint)
