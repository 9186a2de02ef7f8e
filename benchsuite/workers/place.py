"""Where an exception arose, for whoever has to mend it: the plugin's own line, not a library's."""

from __future__ import annotations

import contextlib
import traceback
from pathlib import Path

_OURS = Path(__file__).parents[1]
_STANDARD = Path(contextlib.__file__).parent


def place_of(error: BaseException) -> str:
    """`` (FILE:LINE)``: the plugin's own place, or else that of the last call."""
    calls = _calls(error)
    return own_place(error) or (_shown(calls[-1]) if calls else "")


def own_place(error: BaseException) -> str:
    """`` (FILE:LINE)`` of the last call in the plugin's folder; nothing where no plugin was called.

    That folder is the one of the first file that is neither the suite's nor the standard library's.
    """
    calls = _calls(error)
    folders = [Path(call.filename).parent for call in calls]
    theirs = next((folder for folder in folders if _is_theirs(folder)), None)
    own = [call for call, folder in zip(calls, folders, strict=True) if folder == theirs]
    return _shown(own[-1]) if own else ""


def _calls(error: BaseException) -> list[traceback.FrameSummary]:
    return [call for call in traceback.extract_tb(error.__traceback__) if not call.filename.startswith("<")]


def _is_theirs(folder: Path) -> bool:
    if folder.is_relative_to(_OURS) or folder.name == "pluggy":
        return False
    return not folder.is_relative_to(_STANDARD) or "site-packages" in folder.parts


def _shown(call: traceback.FrameSummary) -> str:
    return f" ({Path(call.filename).name}:{call.lineno})"
