"""How a process of the command begins: what it does not load, and how wide its pipes are.

splunkd starts the command anew for every search, on every indexer, and mostly to parse only [platform 1.3]; most of what a start takes is
imports. The SDK imports modules for its REST client, which the command never uses: `ssl` and `importlib.metadata`, with what they
import, were a tenth of a start. It uses them within functions only, and should it ever ask one for something, that one is loaded then.
(The standard library's `LazyLoader` does not serve here: an `import` of a module that it prepared looks at the module's `__spec__`,
and that loads it.)
"""

from __future__ import annotations

import contextlib
import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

_F_SETPIPE_SZ = 1031  # fcntl has the name from Python 3.10 on
_PIPE_BYTES = 1 << 20  # the most that Linux gives to whoever is not root (fs.pipe-max-size)
SELDOM_USED = ("ssl", "importlib.metadata", "gzip")


def load_when_used(*names: str) -> None:
    """Have `import` of these modules succeed at once, and load each when something is asked of it.

    One that is loaded already stays, and one that is not there is left to fail where it is imported.
    """
    for name in names:
        if name not in sys.modules and find_spec(name) is not None:
            sys.modules[name] = module = _stand_in(name)
            package, dot, child = name.rpartition(".")
            if dot:
                setattr(import_module(package), child, module)


def _stand_in(name: str) -> ModuleType:
    module = ModuleType(name)

    def load(attribute: str) -> Any:
        if sys.modules.get(name) is module:
            del sys.modules[name]
        real = import_module(name)
        module.__dict__.update(real.__dict__)  # for whoever has this one by the name that it was imported as
        return getattr(real, attribute)

    module.__getattr__ = load  # type: ignore[method-assign]  # asked for what a module lacks [PEP 562]
    return module


def widen_pipes() -> None:
    """Let more of a chunk pass at once between splunkd and us, where the system can: a chunk is some megabytes and a pipe of Linux
    holds 64 KiB, so both sides would wait for each other some thirty times for each."""
    if not sys.platform.startswith("linux"):
        return
    import fcntl

    for stream in (sys.stdin, sys.stdout):
        with contextlib.suppress(OSError, ValueError):  # no pipe, or the user has no more pages for pipes: then it stays as it is
            fcntl.fcntl(stream.fileno(), _F_SETPIPE_SZ, _PIPE_BYTES)
