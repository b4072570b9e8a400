"""The document that a test's file has under DOCUMENT, as a file."""

from pathlib import Path

import pytest


@pytest.fixture
def document(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "authorizers.yaml"
    path.write_text(request.module.DOCUMENT)
    return path
