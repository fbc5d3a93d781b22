"""Fill bin/lib/ and lib/ with the libraries that the app ships.

In: requirements/splunklib.txt and requirements/vendor.txt, both locked by hash. Out: bin/lib/ (splunklib, all that the
command needs: it rides the knowledge bundle to the indexers) and lib/ (what only the modular input needs: it stays on the
search head, since Splunk replicates bin/ but not lib/ [platform 2.1]). Every file is held against the RECORD of its wheel.
The folders are the same bytes on every machine and Python: wheels are unpacked here, not installed by pip, which writes
scripts with this machine's paths in them. It builds nothing: pure-Python wheels only.

    python scripts/vendor.py            do what is missing, and again what was changed
    python scripts/vendor.py --check    say whether the folders are what the locks say (exit status 1 if not)
"""

from __future__ import annotations

import base64
import contextlib
import csv
import fcntl
import fnmatch
import hashlib
import io
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"bin/lib": "requirements/splunklib.txt", "lib": "requirements/vendor.txt"}
MARK = ".vendored"

# Left out [toolchain 1.4]: what needs Python 3.10, and tests.
LEFT_OUT = ("splunklib/ai/*", "certifi/tests/*")

# What makes pip choose wheels without compiled parts, whatever machine and Python this is.
PURE_WHEELS = (
    *("--only-binary", ":all:", "--platform", "any"),
    *("--implementation", "py", "--abi", "none", "--python-version", "3.9"),
)


class VendorError(Exception):
    """Something about the vendored libraries is not as locked; the message says what."""


def fingerprint(folder: str) -> str:
    """The hex SHA-256 of what decides the content of `folder`: its lock and this script."""
    return hashlib.sha256((ROOT / LOCKS[folder]).read_bytes() + Path(__file__).read_bytes()).hexdigest()


def is_done(folder: str) -> bool:
    """Whether `folder` was filled from the lock as it is now."""
    mark = ROOT / folder / MARK
    return mark.is_file() and mark.read_text(encoding="ascii").strip() == fingerprint(folder)


def download(lock: str, wheels: Path) -> None:
    """Bring the wheels of one lock file into the folder `wheels`; raises VendorError with pip's own words."""
    # --ignore-requires-python: splunk-sdk 3 declares 3.13, but what we take of it runs on 3.9 [toolchain 1.4].
    options = ["-qq", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--ignore-requires-python"]
    command = [sys.executable, "-m", "pip", "download", *options, *PURE_WHEELS, "-d", str(wheels), "-r", lock]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise VendorError(f"{done.stderr.strip()}\nThe libraries of {lock} could not be downloaded; bin/lib and lib stay.")


def unpack(wheel: Path, folder: Path) -> None:
    """Unpack one wheel into `folder` without what LEFT_OUT names, each file held against the wheel's RECORD."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        record = next(name for name in names if name.endswith(".dist-info/RECORD"))
        rows = list(csv.reader(io.StringIO(archive.read(record).decode("utf-8"))))
        kept = [row for row in rows if not any(fnmatch.fnmatchcase(row[0], pattern) for pattern in LEFT_OUT)]
        if {row[0] for row in rows} != set(names):
            raise VendorError(f"{wheel.name}: the files in it are not those that its RECORD lists.")
        for name, *_ in kept:
            write(folder, name, archive.read(name))
        # Without the lines of what was left out, so that RECORD says what is there.
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows(kept)
        write(folder, record, lines.getvalue().encode("utf-8"))


def write(folder: Path, name: str, content: bytes) -> None:
    target = folder / name
    if folder.resolve() not in target.resolve().parents or ".data/" in name or name.endswith((".so", ".pyd")):
        raise VendorError(f"{name}: such a file does not belong into a library folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def differences(folder: Path) -> Iterator[str]:
    """One sentence for each file of a library folder that is changed, missing, or not in any RECORD."""
    listed = {MARK}
    for record in sorted(folder.glob("*.dist-info/RECORD")):
        for name, digest, _ in csv.reader(record.read_text(encoding="utf-8").splitlines()):
            listed.add(name)
            if not (folder / name).is_file():
                yield f"{name} is missing."
            elif digest and digest != record_digest((folder / name).read_bytes()):
                yield f"{name} was changed after it was unpacked."
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and name not in listed:
            yield f"{name} belongs to no library."


def record_digest(content: bytes) -> str:
    """SHA-256 as RECORD writes it: URL-safe base64 without the padding."""
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode("ascii")


def fill(folder: str) -> None:
    """Fill one library folder: built aside and checked, then put in place by renaming."""
    (ROOT / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vendor-", dir=ROOT / "build") as scratch:
        wheels, new, old = (Path(scratch) / name for name in ("wheels", "new", "old"))
        download(LOCKS[folder], wheels)
        for wheel in sorted(wheels.iterdir()):
            unpack(wheel, new)
        for sentence in differences(new):
            raise VendorError(f"{folder}: {sentence}")
        (new / MARK).write_text(fingerprint(folder) + "\n", encoding="ascii")
        put_in_place(new, ROOT / folder, old)


def put_in_place(new: Path, place: Path, old: Path) -> None:
    try:
        os.rename(place, old)
    except FileNotFoundError:
        place.parent.mkdir(parents=True, exist_ok=True)
    os.rename(new, place)
    shutil.rmtree(old, ignore_errors=True)


def check() -> None:
    """Raise VendorError for the first thing that is not as locked."""
    for folder in LOCKS:
        if not is_done(folder):
            raise VendorError(f"{folder} was not filled from {LOCKS[folder]} as it is now: run make vendor.")
        for sentence in differences(ROOT / folder):
            raise VendorError(f"{folder}: {sentence} Run make vendor to fill it again.")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other make fills the folders; the lock is the kernel's and goes with the process."""
    (ROOT / "build").mkdir(exist_ok=True)
    with open(ROOT / "build/vendor.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def set_up(folder: str) -> None:
    """Fill one folder unless it is as locked."""
    if not is_done(folder):
        print(f"Setting up (once): the libraries in {folder}", flush=True)
        fill(folder)
    elif any(differences(ROOT / folder)):
        # Met in practice: a hook of the machine that writes its own certificates into any certifi on PYTHONPATH.
        print(f"{folder}: {next(differences(ROOT / folder))} It is filled again.", flush=True)
        fill(folder)
    (ROOT / folder / MARK).touch()


def main() -> None:
    try:
        if sys.argv[1:] == ["--check"]:
            check()
            return
        with one_at_a_time():
            for folder in LOCKS:
                set_up(folder)
    except VendorError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
