"""What inputs are made from: the corpus, which we made ourselves, and beginnings of real files where there are any.

The corpus is tests/fuzz/corpus/<target>/*. Real data is read where TA_SHARED_DATA names a folder that has it, and never stored here.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS = Path(__file__).parent / "corpus"
SHARED = Path(os.environ.get("TA_SHARED_DATA") or ROOT.parent / "shared" / "data")
REAL_BYTES = 2000

# The folder of a corpus → real files whose beginnings belong to it.
_REAL = {
    "plain": ("feeds/agg_cinsarmyhourly.txt", "feeds/firehol_level1_2021.netset", "feeds/tor_torbulkexitlist_2024.txt"),
    "delimited": ("feeds/cps_threatfox.txt", "feeds/shadowwhisperer_Threats.first10000.csv"),
    "dshield": ("feeds/sample_dshield_block_2015.txt",),
    "dataplane": ("feeds/sample_dataplane_sshpwauth.txt",),
    "alienvault": ("feeds/alienvault_reputation.data.first20000",),
    "spamhaus": ("feeds/spamhaus_drop_v4_2025.json",),
    "scored": ("feeds/ipsum.first20000.txt",),
    "ranges": ("feeds/p2p_ipfilter.dat.first5000", "feeds/p2p_bt_list_1.first15000.txt"),
    "tor": ("feeds/tor_exit-addresses_2024.txt",),
    "openioc": ("feeds/sample_openioc_fireeye.xml",),
    "stix1": ("feeds/sample_stix1_indicators_misp.xml",),
    "raw": ("cloudtrail/awkward.ndjson", "cloudtrail/stratus.ndjson.gz"),
    "user_agent": ("cloudtrail/user_agents.tsv", "cloudtrail/user_agents_extra.tsv"),
}


def seeds(folder: str, real: bool = True) -> list[bytes]:
    """The seeds of one corpus folder (`*`: of all; of plain where there is none), in a fixed order; with the beginnings of real files unless `real` is false."""
    pattern = f"{folder}/*" if folder == "*" or (CORPUS / folder).is_dir() else "plain/*"
    found = [path.read_bytes() for path in sorted(CORPUS.glob(pattern))]
    return found + [beginning(SHARED / name) for name in _REAL.get(folder, ()) if real and (SHARED / name).is_file()]


def beginning(path: Path) -> bytes:
    """The first bytes of a file, as far as its last whole line where it has lines."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        data = bytes(file.read(REAL_BYTES * (20 if path.suffix == ".gz" else 4)))
    cut = data.find(b"\n", REAL_BYTES)
    return data[: cut + 1] if cut >= 0 else data
