from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def as_for_users(servers_started_anew: None) -> None:
    """All of these tests are about workers."""
