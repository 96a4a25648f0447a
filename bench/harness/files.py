"""Files that a run writes at its end: whether they can be written is asked at its beginning, and none is ever half written."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def writable(path: Path) -> None:
    """Raises OSError where write_whole(path) would; nothing is changed."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not _is_stream(path):
        draft = _draft_of(path)
        draft.touch()
        draft.unlink()
    elif not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def write_whole(path: Path, text: str) -> None:
    """What was there stays until all of the text can take its place."""
    if _is_stream(path):
        with path.open("a") as stream:
            stream.write(text)
        return
    draft = _draft_of(path)
    try:
        draft.write_text(text)
        draft.replace(path.resolve())
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _is_stream(path: Path) -> bool:
    """A terminal, a pipe, /dev/null, and /dev/stdout wherever that leads: it is written to, not replaced."""
    return path.is_relative_to("/dev") or path.is_relative_to("/proc") or (path.exists() and not path.is_file())


def _draft_of(path: Path) -> Path:
    """Beside the file itself, wherever links lead, since only there it can take its place in one step."""
    whole = path.resolve()
    return whole.with_name(f".{whole.name}.{os.getpid()}")
