"""The page on roles: its document says of its callers what its table says it does."""

import json
import re
from typing import Any

from authorizers import compile_document
from authorizers.config.example_principal import principal_from_claims
from authorizers.model.subject import KINDS, subject
from authorizers.rules.rule_set import RuleSet
from authorizers.stores import dynamodb


def test_the_example_allows_what_the_page_says(pages: Any) -> None:
    page = pages["docs/roles.md"]
    (text,) = [b.code for b in page.blocks("yaml") if b.code.startswith("version:")]
    document = compile_document(text)
    rules, jwt = RuleSet(document["routes"]), document["schemes"]["staff"]["jwt"]
    rows = page.rows("callers")
    assert len(rows) >= 8
    for claims, roles, may in rows:
        bound = re.findall(r"`(\w+)`", roles)
        principal = principal_from_claims("staff", jwt, json.loads(claims.strip("`")), bound)
        keys = {rules.routing.keys[grant.route] for grant in rules.grants(principal)}
        assert keys == set(re.findall(r"`([A-Z]+ /[^`]*)`", may)), claims


def test_the_commands_are_commands(pages: Any) -> None:
    from typer.testing import CliRunner

    from authorizers.cli.app import app

    commands = [b.code for b in pages["docs/roles.md"].blocks("sh")]
    for command in re.findall(r"^authorizers (bindings \w+)", "".join(commands), re.MULTILINE):
        assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0


def test_the_layout_is_the_one_that_is_read(pages: Any) -> None:
    text = pages["docs/roles.md"].text.replace("\\|", "|")
    assert f"| `{dynamodb.KEY}` | `{dynamodb.ROLE}reader` |" in text
    assert subject("principal", "staff", "alice") in text
    assert subject("group", "staff", "support") in text
    assert all(f"`{kind}`" in text for kind in KINDS.values())
    assert f"up to {dynamodb.BATCH_KEYS} keys" in text
    assert f"more than {dynamodb.MAX_SUBJECTS} subjects" in text
    pauses = [round(pause * 1000) for pause in dynamodb.PAUSES_SECONDS]
    caching = pages["docs/caching.md"].text
    assert f"after {pauses[0]}, {pauses[1]} and {pauses[2]} ms" in caching
