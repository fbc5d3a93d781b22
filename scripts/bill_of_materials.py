"""Tell which libraries the package carries, as CycloneDX 1.6: name, version, licence, folder.

In: the `*.dist-info` folders in bin/lib/ and lib/. Out: a dictionary for json.dumps. Hashes are in the locks in
requirements/. It says nothing of known vulnerabilities; tools that know them read this format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.parser import HeaderParser
from typing import Any

import vendor


def bill(app_id: str, version: str) -> dict[str, Any]:
    """The whole document for this version of the app."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": app_id, "version": version, "licenses": licences("Apache-2.0")}
        },
        "components": [component for folder in vendor.LOCKS for component in components(folder)],
    }


def components(folder: str) -> Iterator[dict[str, Any]]:
    """One entry for each library in this folder, sorted by name."""
    for metadata in sorted((vendor.ROOT / folder).glob("*.dist-info/METADATA")):
        about = HeaderParser().parsestr(metadata.read_text(encoding="utf-8"))
        name, version = str(about["Name"]).lower().replace("_", "-"), str(about["Version"])
        yield {
            "type": "library",
            "name": name,
            "version": version,
            "purl": f"pkg:pypi/{name}@{version}",
            "licenses": licences(str(about["License-Expression"] or about["License"] or "")),
            "properties": [{"name": "folder", "value": folder}],
        }


def licences(name: str) -> list[dict[str, Any]]:
    """CycloneDX takes an identifier of SPDX as `id` and any other text as `name`."""
    known = {"Apache 2.0": "Apache-2.0", "BSD License": "BSD-3-Clause"}
    name = known.get(name, name)
    return [{"license": {"id" if re.fullmatch(r"(Apache|BSD|MIT|MPL)[-\w.]*", name) else "name": name}}] if name else []
