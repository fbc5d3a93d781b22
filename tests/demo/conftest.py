"""One run over the samples for all tests that look at it: it takes two seconds."""

from __future__ import annotations

import pytest

from tests.demo.running import SampleRun


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    return SampleRun(tmp_path_factory.mktemp("samples") / "out.json")
