"""Build dist/TA-maliciouscaller-<version>.tar.gz, the app as Splunk installs it, and a list of the libraries in it.

In: the work tree, with bin/lib/ and lib/ filled and held against their RECORDs (scripts/vendor.py). Out: the package, and the list
of its libraries (scripts/bill_of_materials.py) both in it and beside it, for who has the one or looks at the other. What goes in is
listed in SHIPPED, never "all but": lookups that the inputs wrote, local settings and tests cannot slip in.

The same tree gives the same bytes: names sorted, owner 0, modes 644 and 755, and one time for all files, the one of the last
commit (or SOURCE_DATE_EPOCH). Not a constant: a knowledge bundle takes a file of the same size and time for unchanged
[platform 2.3], and so does Python with its compiled files. The tar is the same everywhere; the compressed file also
depends on the zlib that Python was built with.
"""

from __future__ import annotations

import configparser
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import bill_of_materials
import vendor

ROOT = Path(__file__).resolve().parent.parent

SHIPPED = (
    "app.manifest",
    "LICENSE",
    "appserver/static/*.*",
    "bin/*.py",
    "bin/callerintel/**/*.py",
    "bin/lib/**/*",
    "default/*.conf",
    "default/data/ui/**/*.xml",
    "lib/**/*",
    "lookups/intel_feed_catalog.csv",
    "metadata/default.meta",
    "README/inputs.conf.spec",
    "README/maliciouscaller.conf.spec",
    "static/*.png",
)
# Packed where the tree has it: an app without a view of its own is whole.
SHIPPED_IF_THERE = ("default/data/ui/**/*.xml",)
BILL = Path("README/libraries.cdx.json")


class PackageError(Exception):
    """The package was not built; the message says why."""


def app_id_and_version() -> tuple[str, str]:
    """The app's id, which is the name of its folder, and its version."""
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "default/app.conf", encoding="utf-8")
    return settings["package"]["id"], settings["launcher"]["version"]


def shipped_files() -> list[Path]:
    """The files of the package, relative to the root, sorted; raises PackageError for a pattern that finds none."""
    files: set[Path] = set()
    for pattern in SHIPPED + SHIPPED_IF_THERE:
        found = {path.relative_to(ROOT) for path in ROOT.glob(pattern) if path.is_file()}
        found = {path for path in found if not any(part.startswith(".") or part == "__pycache__" for part in path.parts)}
        if not found and pattern in SHIPPED:
            raise PackageError(f"Nothing to pack for {pattern}: the package would not be whole.")
        files |= found
    for path in files:
        if (ROOT / path).is_symlink():
            raise PackageError(f"{path} is a symbolic link, which Splunk's vetting refuses.")
    return sorted(files, key=lambda path: path.as_posix())


def build_time(files: list[Path]) -> int:
    """The time that all files get, in epoch seconds."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    if shutil.which("git"):  # a machine may have the tree without git
        commit = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
        if commit.returncode == 0 and commit.stdout.strip():
            return int(commit.stdout)
    return int(max((ROOT / path).stat().st_mtime for path in files))


def entries(top: str, contents: dict[Path, bytes]) -> Iterator[tuple[str, bytes | None]]:
    """Name in the archive and content, sorted; folders have no content."""
    folders = {parent for path in contents for parent in path.parents}
    named: dict[str, bytes | None] = {Path(top, folder).as_posix(): None for folder in folders}
    named.update({Path(top, path).as_posix(): content for path, content in contents.items()})
    yield from sorted(named.items())


def tar(top: str, contents: dict[Path, bytes], when: int) -> bytes:
    """The uncompressed archive, all of it below the folder `top` and of the time `when`, in epoch seconds."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in entries(top, contents):
            entry = tarfile.TarInfo(name)
            entry.mtime = when
            if content is None:
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(entry)
            else:
                entry.size, entry.mode = len(content), 0o644
                archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def compressed(content: bytes) -> bytes:
    """gzip without a name and a time in its header."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as archive:
        archive.write(content)
    return out.getvalue()


def main() -> None:
    try:
        vendor.check()
        files = shipped_files()
    except (PackageError, vendor.VendorError) as error:
        sys.exit(f"No package was built. {error}")
    app_id, version = app_id_and_version()
    bill = (json.dumps(bill_of_materials.bill(app_id, version), indent=2) + "\n").encode("utf-8")
    contents = {path: (ROOT / path).read_bytes() for path in files}
    archive = tar(app_id, {**contents, BILL: bill}, build_time(files))
    package = compressed(archive)
    dist = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"
    dist.mkdir(parents=True, exist_ok=True)
    target = dist / f"{app_id}-{version}.tar.gz"
    target.write_bytes(package)
    (dist / f"{app_id}-{version}.cdx.json").write_bytes(bill)
    print(f"{os.path.relpath(target)}: {len(contents) + 1} files, {len(package) / 1024:.0f} KiB")
    print(f"  SHA-256 {hashlib.sha256(package).hexdigest()}")
    print(f"  unpacked to tar: {hashlib.sha256(archive).hexdigest()}")


if __name__ == "__main__":
    main()
