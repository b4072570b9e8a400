"""`sam validate --lint` and `sam build`, and what they leave for `sam deploy`."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parents[2]
BUCKET = "artifacts"
FUNCTIONS = ("JwtAuthorizer", "ApiKeyAuthorizer")
WITH_BUNDLES = {
    "CertificateAuthorizer": {"authorizers.json"},
    "CombinedAuthorizer": {"authorizers.json"},
    "CrlKeeper": {"authorizers.json", "combined.json"},
}
SAMPLES = {"root.pem", "issuing.pem", "root.crl", "issuing.crl"}
MAX_ZIPPED_BYTES = 9_000_000
Sam = Callable[..., Any]


def test_template_is_valid(sam: Sam) -> None:
    result = sam("validate", "--lint")
    assert result.returncode == 0, result.stderr
    assert "is a valid SAM Template" in result.stdout


@pytest.mark.parametrize("template", sorted((ROOT / "sam" / "examples").glob("*.yaml")), ids=str)
def test_second_template_is_valid(sam: Sam, template: Path) -> None:
    result = sam("validate", "--lint", "--template", str(template))
    assert result.returncode == 0, result.stderr


def test_one_build_makes_the_layer_for_both_processors(built: Path) -> None:
    for name, suffix in (("Arm64", "aarch64"), ("X8664", "x86_64")):
        python = built / f"AuthorizersLayer{name}" / "python"
        assert (python / f"_cffi_backend.cpython-313-{suffix}-linux-gnu.so").is_file()
        for handler in ("jwt", "api_key", "client_certificate", "combined", "crl_keeper"):
            assert (python / "authorizers" / "handlers" / f"{handler}.py").is_file()


@pytest.mark.parametrize(
    ("function", "kind"), [("JwtAuthorizer", "jwt"), ("ApiKeyAuthorizer", "api_key")]
)
def test_functions_package_is_its_own_compiled_document_and_nothing_else(
    built: Path, function: str, kind: str
) -> None:
    (document,) = (built / function).iterdir()
    assert document.name == "authorizers.json"
    compiled = json.loads(document.read_text())
    assert compiled["format"] == 2
    assert {name for scheme in compiled["schemes"].values() for name in scheme} >= {kind}


@pytest.mark.parametrize("function", WITH_BUNDLES)
def test_functions_of_certificates_have_the_samples_beside_their_document(
    built: Path, function: str
) -> None:
    package = built / function
    assert {path.name for path in package.iterdir()} == {*WITH_BUNDLES[function], "sample"}
    assert {path.name for path in (package / "sample").iterdir()} == SAMPLES
    for name in WITH_BUNDLES[function]:
        assert "sample/" not in (package / name).read_text()


@pytest.mark.parametrize("function", [*FUNCTIONS, *WITH_BUNDLES])
def test_a_document_with_an_error_stops_the_build(
    built: Path, sam: Sam, tmp_path: Path, function: str
) -> None:
    broken = tmp_path / "authorizers"
    broken.write_text("#!/bin/sh\necho '3:5: not a route' >&2\nexit 1\n")
    broken.chmod(0o755)
    build_dir = str(tmp_path / "build")
    result = sam("build", function, "--build-dir", build_dir, AUTHORIZERS_CLI=str(broken))
    assert result.returncode != 0
    assert "3:5: not a route" in result.stderr


def test_nested_applications_are_built(sam: Sam, tmp_path: Path) -> None:
    template = str(ROOT / "sam" / "examples" / "nested.yaml")
    result = sam("build", "--template", template, "--build-dir", str(tmp_path))
    assert result.returncode == 0, result.stderr
    built = {path.parent.name for path in tmp_path.glob("*/template.yaml")}
    assert built == {"Authorizers", "Rest", "Http", "WebSocket"}
    assert (tmp_path / "Authorizers" / "AuthorizersLayerArm64" / "python").is_dir()


@pytest.fixture
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_packages_for_deployment_are_small_enough(
    built: Path, sam: Sam, endpoint: str, tmp_path: Path
) -> None:
    """`sam package` uploads what `sam deploy` would; S3 is moto's."""
    account = boto3.Session("testing", "testing", region_name="us-east-1")
    s3 = account.client("s3", endpoint_url=endpoint)
    s3.create_bucket(Bucket=BUCKET)
    packaged = tmp_path / "packaged.yaml"
    # Another environment of samconfig.toml: resolve_s3 would create a bucket in an account.
    result = sam(
        *("package", "--config-env", "none", "--template", str(built / "template.yaml")),
        *("--s3-bucket", BUCKET, "--output-template-file", str(packaged)),
        AWS_ENDPOINT_URL=endpoint,
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",
    )
    assert result.returncode == 0, result.stderr
    sizes = {item["Key"]: item["Size"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]}
    resources = yaml_parse(packaged.read_text())["Resources"]
    for name in ("AuthorizersLayerArm64", "AuthorizersLayerX8664"):
        key = resources[name]["Properties"]["ContentUri"].rpartition("/")[2]
        assert sizes[key] <= MAX_ZIPPED_BYTES
    for name in (*FUNCTIONS, *WITH_BUNDLES):
        code = resources[name]["Properties"]["CodeUri"].rpartition("/")[2]
        assert sizes[code] < 100_000
