"""Files that name customers: whole or not at all, and for the user's eyes."""

import os
from pathlib import Path

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _


def write_file(file: Path, data: bytes) -> None:
    """Whole or not at all, and readable by the user alone: it names customers."""
    part = file.with_name(f".{file.name}.writing")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
            handle.write(data)
        part.replace(file)
    except OSError as error:
        raise DaogouError(
            _("the file cannot be written: {error}").format(error=error.strerror), str(file), _("Name another place.")
        ) from None
