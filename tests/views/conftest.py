"""The company of `sample`, and one where nothing is set up yet."""

from __future__ import annotations

import shutil

import pytest

from tests.baseline.conftest import Company

from . import sample


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Things happen."""
    made = Company(tmp_path_factory.mktemp("company"))
    sample.prepare(made)
    return made


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """Just installed: no event, no lookup but the one that is shipped."""
    made = Company(tmp_path_factory.mktemp("nothing"))
    for path in made.lookups.iterdir():
        path.unlink()
    shutil.copy(sample.ROOT / "lookups/intel_feed_catalog.csv", made.lookups)
    return made
