"""cfn-lint finds nothing, not even something worth a remark, in any template."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CFN_LINT = Path(sysconfig.get_path("scripts")) / "cfn-lint"
TEMPLATES = [ROOT / "sam" / "template.yaml", *sorted((ROOT / "sam" / "examples").glob("*.yaml"))]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_cfn_lint_finds_nothing(template: Path) -> None:
    result = subprocess.run(
        [str(CFN_LINT), "--include-checks", "I", "--", str(template)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_there_is_a_second_template_for_each_kind_of_api() -> None:
    kinds = {"rest", "http", "websocket", "rest-api-key", "http-api-key", "mutual-tls"}
    assert {path.stem for path in TEMPLATES} == {"template", "nested", "trust-bucket", *kinds}
