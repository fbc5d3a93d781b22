"""The alert to page on keeps every attack and leaves out most of what ordinary life from listed addresses brings; see `companies`."""

from __future__ import annotations

import pytest

from tests.baseline.conftest import Company

from .companies import plan_week, raised
from .conftest import HIGH, PAGE


@pytest.mark.parametrize("seed", [1, 2])
def test_whoever_must_be_paged_for_is_and_most_others_at_high_are_not(company: Company, seed: int) -> None:
    plan = plan_week(company, seed)
    told = raised(company)

    assert told == {HIGH: plan.high, PAGE: plan.pages}
    assert plan.attacks <= told[PAGE]
    assert len(told[PAGE] - plan.attacks) < len(told[HIGH] - plan.attacks) / 2
