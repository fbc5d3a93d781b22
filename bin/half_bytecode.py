"""Loaded first by each entry point: bytecode of which a full disk left a part must not end every later start.

Python writes as much of a module's bytecode as there is room for, takes it for whole the next time, and fails on it. From here on, such a
module is compiled from its source again.
"""

from importlib.machinery import SourceFileLoader


def _get_code(loader, name, get_code=SourceFileLoader.get_code):
    try:
        return get_code(loader, name)
    except (EOFError, ValueError, TypeError):
        path = loader.get_filename(name)
        return loader.source_to_code(loader.get_data(path), path)


SourceFileLoader.get_code = _get_code
