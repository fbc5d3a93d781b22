"""Throw-away certificates, made with the openssl command: an authority, and what it signs for servers and a client."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


class Authority:
    """A certificate authority in a folder; `ca` is its own certificate. A test that needs one is skipped without openssl."""

    def __init__(self, folder: Path) -> None:
        if not shutil.which("openssl"):
            pytest.skip("the openssl command is not there to make certificates")
        self.folder = folder
        self.ca = folder / "ca.pem"
        # What Python 3.13 and later demand of an authority (VERIFY_X509_STRICT).
        purpose = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self._openssl(
            "req", "-x509", *_new_key(folder / "ca.key"), "-out", self.ca, "-days", "30", "-subj", "/CN=tests", *purpose
        )

    def certificate(self, name: str, names: str, days: int = 30) -> Path:
        """A PEM file with a key and its certificate for the subject alternative `names`; days < 0: it has expired."""
        request, signed, key, extensions = (self.folder / f"{name}.{end}" for end in ("csr", "crt", "key", "ext"))
        extensions.write_text(f"subjectAltName={names}\nauthorityKeyIdentifier=keyid\n", encoding="ascii")
        self._openssl("req", *_new_key(key), "-out", request, "-subj", f"/CN={name}")
        by = ("-CA", self.ca, "-CAkey", self.folder / "ca.key", "-CAcreateserial", "-extfile", extensions)
        self._openssl("x509", "-req", "-in", request, *by, "-days", str(days), "-out", signed)
        path = self.folder / f"{name}.pem"
        path.write_bytes(key.read_bytes() + signed.read_bytes())
        return path

    def _openssl(self, *arguments: object) -> None:
        subprocess.run(["openssl", *map(str, arguments)], cwd=self.folder, check=True, capture_output=True)


def _new_key(path: Path) -> tuple[object, ...]:
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path)
