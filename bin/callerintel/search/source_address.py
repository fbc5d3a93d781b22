"""What `sourceIPAddress` holds: an address that a list may know, or something that no list can know.

In: the field's text. Out: the address as a number, where there is one, and what kind of thing it is. CloudTrail writes
the name of a service there, `AWS Internal`, or now and then a list of addresses as a proxy header has it
[cloudtrail 0.8, 4].
"""

from __future__ import annotations

from typing import NamedTuple

from callerintel.address import is_globally_routable, is_laboratory, parse_address, reserved_name

PUBLIC, PRIVATE, AWS_SERVICE, AWS_INTERNAL, INVALID = "public", "private", "aws_service", "aws_internal", "invalid"


class SourceAddress(NamedTuple):
    """`number` of the address or None; `type` as the field source_address_type shows it."""

    number: int | None
    type: str

    @property
    def can_match(self) -> bool:
        """Whether an intel list can know it: a private address is somebody else's as well."""
        return self.type == PUBLIC


def find_source_address(text: str) -> SourceAddress:
    """The address in `text`: of several the first that is globally routable, else the first at all.

    Addresses for documentation and benchmarks count as public: they stand for public ones in samples and laboratories, and
    no real event has them.
    """
    number = parse_address(text)
    if number is not None:
        return SourceAddress(number, PRIVATE if reserved_name(number) and not is_laboratory(number) else PUBLIC)
    if not text:
        return SourceAddress(None, "")
    if text == "AWS Internal":
        return SourceAddress(None, AWS_INTERNAL)
    if text.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return SourceAddress(None, AWS_SERVICE)
    numbers = [number for number in map(parse_address, map(str.strip, text.split(","))) if number is not None]
    if not numbers:
        return SourceAddress(None, INVALID)
    for is_public in (is_globally_routable, is_laboratory):
        public = next(filter(is_public, numbers), None)
        if public is not None:
            return SourceAddress(public, PUBLIC)
    return SourceAddress(numbers[0], PRIVATE)
