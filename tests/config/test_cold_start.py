"""What a function imports for its configuration."""

import subprocess
import sys

HEAVY = ("yaml", "pydantic", "typer", "rich", "boto3", "botocore", "requests", "dataclasses")


def test_reading_settings_and_a_document_loads_nothing_heavy() -> None:
    program = (
        "import sys, authorizers.config.settings, authorizers.config.compiled,"
        " authorizers.config.source, authorizers.config.relaxations,"
        " authorizers.stores.ssm, authorizers.stores.s3\n"
        "authorizers.config.settings.load_settings({})\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert result.stdout.decode().strip() == "[]"
