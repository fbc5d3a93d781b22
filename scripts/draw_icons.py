"""Draw the app's icons into static/: a shield, and on it one address in the middle of a target.

Out: appIcon.png and appIconAlt.png (36 x 36), the same names with _2x (72 x 72). The Alt ones are white, for Splunk Web's
dark bar. Standard library only: each pixel is the mean of SAMPLES x SAMPLES points, PNG is written by hand.

    python scripts/draw_icons.py
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
SAMPLES = 8

Colour = tuple[int, int, int, int]
Paint = Callable[[float, float], Colour]  # a point of the unit square
CLEAR, WHITE = (0, 0, 0, 0), (255, 255, 255, 255)
NAVY, RED = (28, 46, 74, 255), (226, 62, 47, 255)

# In a square of 0..1, y downwards.
CENTRE = (0.5, 0.46)
RING = (0.175, 0.235)
DOT = 0.085
TICK = (0.235, 0.30, 0.027)  # from, to (distance from the centre), half width


def in_shield(x: float, y: float, inset: float) -> bool:
    """Whether the point is in the shield, made smaller by `inset` all around."""
    across = abs(x - 0.5)
    top = 0.06 + inset + 0.07 * (1 - math.cos(across * math.pi * 2.3)) / 2
    if y < top:
        return False
    if y < 0.5:
        return across < 0.40 - inset
    fall = (y - 0.5) / (0.47 - 1.3 * inset)
    return fall < 1 and across < (0.40 - inset) * math.sqrt(1 - fall**1.7)


def mark(x: float, y: float) -> str:
    """What the target shows at this point: "dot", "ring" (with its four ticks), or nothing."""
    dx, dy = x - CENTRE[0], y - CENTRE[1]
    distance = math.hypot(dx, dy)
    if distance < DOT:
        return "dot"
    tick = TICK[0] <= distance < TICK[1] and min(abs(dx), abs(dy)) < TICK[2]
    return "ring" if RING[0] < distance < RING[1] or tick else ""


def colour(x: float, y: float) -> Colour:
    """The icon for light surroundings."""
    if not in_shield(x, y, 0):
        return CLEAR
    return {"dot": RED, "ring": WHITE, "": NAVY}[mark(x, y)]


def colour_alt(x: float, y: float) -> Colour:
    """The icon for dark surroundings: white lines."""
    border = in_shield(x, y, 0) and not in_shield(x, y, 0.075)
    return WHITE if border or mark(x, y) else CLEAR


def pixel(row: int, column: int, size: int, paint: Paint) -> bytes:
    points = [(i + 0.5) / SAMPLES for i in range(SAMPLES)]
    colours = [paint((column + dx) / size, (row + dy) / size) for dx in points for dy in points]
    alpha = sum(c[3] for c in colours)
    # A transparent point has no colour to give.
    mixed = [round(sum(c[i] * c[3] for c in colours) / alpha) if alpha else 0 for i in range(3)]
    return bytes([*mixed, round(alpha / len(colours))])


def png(size: int, paint: Paint) -> bytes:
    """A PNG file of size x size pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"".join(pixel(row, column, size, paint) for column in range(size)) for row in range(size))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)  # 8 bits, RGBA
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(rows), 9)) + chunk(b"IEND", b"")


if __name__ == "__main__":
    for name, paint in (("appIcon", colour), ("appIconAlt", colour_alt)):
        (STATIC / f"{name}.png").write_bytes(png(36, paint))
        (STATIC / f"{name}_2x.png").write_bytes(png(72, paint))
