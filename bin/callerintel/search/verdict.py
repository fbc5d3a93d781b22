"""The verdict: what is said of a place and of a match, as the fields that a search sees.

In: a `Place`; a `Finding`. Out: their fields, text by text. It decides nothing.
"""

from __future__ import annotations

from datetime import datetime, timezone
from functools import lru_cache

from callerintel.search.baseline import Baseline
from callerintel.search.fields import PlaceFields, RulingFields, Values
from callerintel.search.finding import Finding, Place
from callerintel.search.reason import sentence

_IN_AWS = {True: "true", False: "false", None: "unknown"}


def place_fields(place: Place) -> PlaceFields:
    """What is said of a place, with one aligned value of each entry that lists it; a property that none of them has stays empty."""
    label = place.known.aws
    fields = PlaceFields(
        source_address_type=place.source.type,
        aws_address=_IN_AWS[place.in_aws] if place.source.can_match else "",
        aws_address_service=label.services if label else (),
        aws_address_region=label.regions if label else (),
    )
    if not place.known.entries:
        return fields
    columns: list[Values] = [values if any(values) else () for values in zip(*place.known.entries)]
    indicator, feed, category, confidence, description, first_seen, last_seen, _ = columns
    return fields._replace(
        intel_match="true",
        intel_indicator=indicator,
        intel_feed=feed,
        intel_category=category,
        intel_confidence=confidence,
        intel_description=description,
        intel_first_seen=tuple(map(_iso, first_seen)),
        intel_last_seen=tuple(map(_iso, last_seen)),
    )


def ruling_fields(finding: Finding, baseline: Baseline) -> RulingFields:
    """What is said of a match; `baseline` is asked only for what the reason shows as usual."""
    ruling = finding.ruling
    if ruling is None:
        return RulingFields(suppressed_by=finding.allowed_by)
    severity = ruling.severity
    return RulingFields(severity.name, str(severity.id), sentence(finding, ruling, baseline))


@lru_cache(maxsize=1000)
def _iso(epoch_seconds: str) -> str:
    """A time for people; what is no time stays as it is."""
    try:
        return datetime.fromtimestamp(float(epoch_seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return epoch_seconds
