"""`configs/conf-<name>`: any .conf file over REST, as splunkd offers it for all, custom ones too.

Source: the REST API reference, configs/conf-{file}. In: splunkd's home, a call. Out: its stanzas as entries, default/ and local/ of the app
merged; a POST to a stanza writes its keys to local/. [default] is not filled into other stanzas, and rights are not played.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .conf import Stanzas, parse_conf, read_conf
from .rest_answers import Entry, Refused

if TYPE_CHECKING:
    from .rest import Request

_NO_SETTINGS = ("output_mode", "count", "offset", "name")


def configs(home: Path, request: Request, stanza: str) -> tuple[int, list[Entry]]:
    """The answer to one call about a .conf file of the namespace's app, or about one stanza of it."""
    name, app, method, form = request.path.split("/")[1][len("conf-") :], request.app, request.method, request.form
    folder = home / "etc" / "apps" / app
    conf = read_conf(folder, name)
    if not conf:
        raise Refused(404, f"Invalid config file: {name}")
    wanted = stanza or form.get("name", "")
    if method == "POST":
        if stanza and stanza not in conf:
            raise Refused(404, f"Could not find object id={stanza}")
        if not stanza and (not wanted or wanted in conf):
            raise Refused(409 if wanted else 400, f"Cannot create: {wanted or 'no name is given'}")
        _write(folder / "local" / f"{name}.conf", wanted, {key: text for key, text in form.items() if key not in _NO_SETTINGS})
        return (200 if stanza else 201), [_entry(wanted, read_conf(folder, name)[wanted], app)]
    if stanza and stanza not in conf:
        raise Refused(404, f"Could not find object id={stanza}")
    return 200, [_entry(key, settings, app) for key, settings in conf.items() if stanza in ("", key)]


def _entry(stanza: str, settings: dict[str, str], app: str) -> Entry:
    added: dict[str, Any] = {"disabled": False, "eai:appName": app, "eai:userName": "nobody"}
    return Entry(stanza, {**added, **settings}, app=app)


def _write(path: Path, stanza: str, settings: dict[str, str]) -> None:
    conf: Stanzas = parse_conf(path.read_text(encoding="utf-8")) if path.is_file() else {}
    conf.setdefault(stanza, {}).update({key: " ".join(text.split()) for key, text in settings.items()})
    path.parent.mkdir(exist_ok=True)
    lines = [f"[{name}]\n" + "".join(f"{key} = {text}\n" for key, text in keys.items()) for name, keys in conf.items()]
    path.write_text("\n".join(lines), encoding="utf-8")
