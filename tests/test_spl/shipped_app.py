"""The app of this repository as the checks of its searches need it: what our own code says of fields and columns."""

from __future__ import annotations

from pathlib import Path

from callerintel.feeds.report import Report
from callerintel.lookups import DATA_LOOKUPS
from callerintel.search import fields
from tests.spl import App

ROOT = Path(__file__).resolve().parents[2]

# [cloudtrail 8, platform 8]: the JSON paths of a record, and what Splunk adds. `action`, `user`, `src` and `status` are the
# Splunk Add-on for AWS's own; no search of ours needs them.
CLOUDTRAIL_FIELDS = """
    eventTime eventSource eventName eventID eventType eventCategory eventVersion awsRegion sourceIPAddress
    userAgent errorCode errorMessage requestID recipientAccountId readOnly managementEvent sharedEventID
    vpcEndpointId resources{}.ARN userIdentity.* requestParameters.* responseElements.* additionalEventData.*
    serviceEventDetails.* tlsDetails.*
"""
_REPORT_FIELDS = [name for name in Report.__dataclass_fields__ if name not in ("rejected", "inside")]


def shipped_app(folder: Path = ROOT) -> App:
    """Returns the app in a folder, with what is known of our events, our command and our lookups."""
    return App(
        folder,
        event_fields={
            "aws:cloudtrail": CLOUDTRAIL_FIELDS.split(),
            "maliciouscaller:feed": [*_REPORT_FIELDS, "rejected.*", "inside.*"],
            # What splunkd takes from each line of its own log, and the pairs of callerintel.feeds.log.
            "splunkd": ["log_level", "component", "level", "event", *Report("any").log_values(), "feed"],
        },
        command_fields={
            "maliciouscaller": fields.FIELDS,
            "maliciouscaller explain=true": (fields.EXPLANATION,),
            "maliciouscaller learn=true": (fields.LEARN_TIME, fields.LEARNS),
        },
        # Not `learns`: it is made for stats to count an event once for each of its values, which all differ.
        several_values={"maliciouscaller": fields.MULTIVALUE},
        lookup_columns={lookup.name: [*lookup.columns, *(f"{name}?" for name in lookup.optional)] for lookup in DATA_LOOKUPS},
    )
