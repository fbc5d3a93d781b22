"""The categories of feeds: a closed list, each with the word that the Reference Security Incident Taxonomy has for it.

The taxonomy's word is its `classification.type` as IntelMQ spells it [style 4.4], so that events can be handed on.
"""

from __future__ import annotations

CATEGORIES: dict[str, str] = {
    "tor": "tor",
    "i2p": "proxy",
    "vpn": "proxy",
    "proxy": "proxy",
    "anonymizer": "proxy",
    "relay": "proxy",
    "c2": "c2-server",
    "botnet": "infected-system",
    "bruteforce": "brute-force",
    "scanner": "scanner",
    "spam": "spam",
    "compromised": "system-compromise",
    "hijacked": "other",
    "other": "other",
    "aws": "other",
}
