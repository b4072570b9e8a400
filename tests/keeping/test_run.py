"""A run of the function: from its environment to one line a list."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from authorizers.config.compile import compile_document, render_compiled
from authorizers.errors import ConfigurationError, DependencyError
from authorizers.handlers import crl_keeper
from authorizers.keeping.kept_list import KeptList, lists_of
from authorizers.keeping.run import keep_lists
from authorizers.testing.server import Answer, LoopbackServer
from tests.keeping.world import BUCKET, ISSUING, NOW, ROOT, World, published

ISSUING_URL, ROOT_URL = "http://crl.example.com/issuing.crl", "http://crl.example.com/root.crl"
LISTS = [
    KeptList("partners", ROOT_URL, BUCKET, "crl/root.crl"),
    KeptList("partners", ISSUING_URL, BUCKET, "crl/issuing.crl"),
]


def scheme(crls: list[Any], trust: str = "file:root.pem") -> dict[str, Any]:
    return {
        "client_certificate": {
            "trust": trust,
            "intermediates": f"s3://{BUCKET}/trust/issuing.pem",
            "identity": "dns",
            "revocation": {"mode": "required", "crls": crls},
        }
    }


def kept(kept_list: KeptList) -> dict[str, str]:
    return {"url": kept_list.url, "kept_in": kept_list.place}


def compiled(**schemes: Any) -> str:
    document = {
        "version": 1,
        "authenticate": schemes or {"partners": scheme([kept(each) for each in LISTS])},
        "routes": {"GET /orders": {"authenticated": True}},
    }
    return render_compiled(compile_document(json.dumps(document))).decode()


class Run:
    """Runs the function's work on a document, with the world's addresses and bucket."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.stream = io.StringIO()
        self.variables = {"LAMBDA_TASK_ROOT": str(folder), "AUTHORIZERS_METRICS_NAMESPACE": "Gate"}
        (folder / "root.pem").write_text(ROOT.pem)
        key = "trust/issuing.pem"
        world.client.put_object(Bucket=BUCKET, Key=key, Body=ISSUING.pem.encode())

    def __call__(self, config: str | None = None) -> list[dict[str, Any]]:
        """Return the lines of a run."""
        variables = self.variables | {"AUTHORIZERS_CONFIG": config or compiled()}
        world = self.world
        keep_lists(variables, NOW, fetch=world.fetch, client=world.client, stream=self.stream)
        return self.lines

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]


@pytest.fixture
def run(world: World, tmp_path: Path) -> Run:
    return Run(world, tmp_path)


def test_every_list_of_the_document_is_kept(run: Run, world: World) -> None:
    world.published = {ISSUING_URL: published(7), ROOT_URL: published(8, authority=ROOT)}

    lines = run()

    assert [line["result"] for line in lines] == ["replaced", "replaced"]
    assert [world.kept(each) for each in LISTS] == [world.published[each.url] for each in LISTS]
    assert [line["result"] for line in run()[2:]] == ["unchanged", "unchanged"]


@pytest.mark.parametrize("missing", [ISSUING_URL, ROOT_URL])
def test_one_list_that_fails_does_not_stop_the_other(run: Run, world: World, missing: str) -> None:
    world.published = {ISSUING_URL: published(7), ROOT_URL: published(8, authority=ROOT)}
    del world.published[missing]

    results = {line["url"]: line["result"] for line in run()}

    assert results.pop(missing) == "failed"
    assert set(results.values()) == {"replaced"}


def test_when_every_list_fails_the_function_does(run: Run) -> None:
    with pytest.raises(DependencyError) as caught:
        run()

    assert caught.value.code == "crls_not_refreshed"
    assert [line["result"] for line in run.lines] == ["failed", "failed"]


def test_a_line_is_of_the_embedded_metric_format(run: Run, world: World) -> None:
    world.published = {ISSUING_URL: published(7)}

    failed, replaced = run()

    directive = {
        "Namespace": "Gate",
        "Dimensions": [["service", "list"], ["service"]],
        "Metrics": [
            {"Name": "CrlSecondsToNextUpdate", "Unit": "Seconds"},
            {"Name": "CrlRefreshFailed", "Unit": "Count"},
        ],
    }
    for line in (failed, replaced):
        assert line["_aws"] == {"Timestamp": NOW * 1000, "CloudWatchMetrics": [directive]}
        assert (line["service"], line["message"], line["scheme"]) == (
            "crl-keeper",
            "crl_kept",
            "partners",
        )
    assert (failed["CrlSecondsToNextUpdate"], failed["CrlRefreshFailed"]) == (0, 1)
    assert (failed["level"], failed["code"]) == ("WARNING", "http_unavailable")
    assert (replaced["CrlSecondsToNextUpdate"], replaced["CrlRefreshFailed"]) == (7 * 86_400, 0)
    assert replaced["list"] == f"s3://{BUCKET}/crl/issuing.crl"
    assert "code" not in replaced


def test_lists_that_nobody_has_to_fetch_are_left_alone(run: Run, world: World) -> None:
    world.published = {ISSUING_URL: published(7)}
    crls = [f"s3://{BUCKET}/crl/other.crl", "file:root.crl", kept(LISTS[1])]

    assert [line["url"] for line in run(compiled(partners=scheme(crls)))] == [ISSUING_URL]


def test_a_scheme_without_trust_fails_its_own_lists(run: Run, world: World) -> None:
    world.published = {ISSUING_URL: published(7), ROOT_URL: published(8, authority=ROOT)}
    config = compiled(
        broken=scheme([kept(LISTS[0])], trust="file:absent.pem"), partners=scheme([kept(LISTS[1])])
    )

    assert [(line["scheme"], line["result"]) for line in run(config)] == [
        ("broken", "failed"),
        ("partners", "replaced"),
    ]


@pytest.mark.parametrize(
    "crls", [["file:root.crl"], [f"s3://{BUCKET}/crl/root.crl"]], ids=["file", "s3"]
)
def test_a_document_without_such_a_list_is_a_mistake(run: Run, crls: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="nothing to keep"):
        run(compiled(partners=scheme(crls)))


def test_a_document_without_certificates_has_no_lists() -> None:
    document = {"schemes": {"a": {"jwt": {}}, "b": {"client_certificate": {"revocation": None}}}}

    assert lists_of(document) == []


def test_an_issuer_in_the_environment_is_no_document(run: Run) -> None:
    run.variables |= {
        "AUTHORIZERS_ISSUER": "https://login.example.com/",
        "AUTHORIZERS_AUDIENCE": "https://api.example.com",
        "AUTHORIZERS_ACCESS": "any_route_when_authenticated",
        "AUTHORIZERS_PROFILE": "rfc9068-access-token",
        "AUTHORIZERS_ALGORITHMS": "RS256",
        "AUTHORIZERS_CONFIG": "",
    }
    with pytest.raises(ConfigurationError, match="must name a document"):
        keep_lists(run.variables, NOW, client=run.world.client)


@pytest.mark.parametrize("where", ["file", "ssm", "s3"])
def test_the_document_is_read_from_wherever_authorizers_read_it(
    run: Run, world: World, tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    world.published = {ISSUING_URL: published(7)}
    text = compiled(partners=scheme([kept(LISTS[1])]))
    (tmp_path / "authorizers.json").write_text(text)
    world.client.put_object(Bucket=BUCKET, Key="authorizers.json", Body=text.encode())
    boto3.client("ssm").put_parameter(Name="/document", Value=text, Type="String")
    config = {
        "file": "authorizers.json",
        "ssm": "ssm:/document",
        "s3": f"s3://{BUCKET}/authorizers.json",
    }

    assert [line["result"] for line in run(config[where])] == ["replaced"]


def test_the_function_asks_no_address_of_this_machine(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The shipped handler, with the machine's own clock and network."""
    site = LoopbackServer(lambda _: Answer(200, {}, b""))
    local = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    local |= {"AWS_DEFAULT_REGION": "us-east-1"}
    config = compiled(partners=scheme([kept(LISTS[1])])).replace(ISSUING_URL, site.url)
    for name, value in (run.variables | local | {"AUTHORIZERS_CONFIG": config}).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(DependencyError, match="crls_not_refreshed"):
        crl_keeper.handler({}, None)
    site.stop()

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["code"] == "address_refused"
