"""What of the wheels and of this package a function needs, and why the rest stays out."""

from pathlib import PurePath, PurePosixPath
from typing import Final

# Not imported by any function: type information, C headers, web pages, tests.
SUFFIXES_LEFT_OUT: Final = frozenset({".pyi", ".typed", ".h", ".c", ".pyx", ".css", ".js", ".html"})
FOLDERS_LEFT_OUT: Final = frozenset({"bin", "test", "tests", "__pycache__"})

# Licences ask to be kept with the code; METADATA answers `importlib.metadata`. What else a
# dist-info folder holds is of the installer, and some of it of this machine.
DIST_INFO_KEPT: Final = frozenset({"METADATA", "NOTICE", "LICENSE"})

# Whole packages whose code runs only when something is built:
# cffi and pycparser generate bindings; cryptography loads `_cffi_backend` alone.
PACKAGES_LEFT_OUT: Final = frozenset({"cffi", "pycparser"})

# Powertools: Logger and Metrics load none of it (tests/sam/test_layer.py imports them from the
# layer alone). The JMESPath helpers are the exception: Logger imports them.
POWERTOOLS_LEFT_OUT: Final = ("event_handler", "metrics/provider/datadog")
POWERTOOLS_UTILITIES_KEPT: Final = frozenset({"__init__.py", "jmespath_utils"})

# This package's parts that only people's machines run: a function reads compiled documents.
PACKAGE_LEFT_OUT: Final = (
    "analysis",
    "cli",
    "config/certificate_facts.py",
    "config/certificate_matchers.py",
    "config/client_certificate.py",
    "config/compile.py",
    "config/document",
    "config/escapable.py",
    "config/example_certificate.py",
    "config/example_principal.py",
    "config/examples.py",
    "config/key_routes.py",
    "config/presentable.py",
    "config/requirement.py",
    "config/roles.py",
    "config/scheme.py",
    "config/table.py",
    "demo",
    "gateway",
    "issuing",
    "policy/table",
    "rules/callers.py",
    "rules/coexistence.py",
    "rules/forms.py",
    "rules/implication.py",
    "rules/satisfiable.py",
    "stores/bindings_editor.py",
    "stores/dynamodb_key_registry.py",
    "stores/usage_in_memory.py",
    "testing",
)


def is_needed(path: PurePath) -> bool:
    """Whether an installed file, named relative to the layer's `python/`, goes into the layer."""
    top = path.parts[0]
    if top.endswith(".dist-info"):
        return path.name.partition(".")[0].upper() in DIST_INFO_KEPT
    if path.suffix in SUFFIXES_LEFT_OUT or path.name == "py.typed":
        return False
    if FOLDERS_LEFT_OUT.intersection(path.parts) or top in PACKAGES_LEFT_OUT:
        return False
    return top != "aws_lambda_powertools" or _is_powertools_needed(path)


def _is_powertools_needed(path: PurePath) -> bool:
    inner = PurePosixPath(*path.parts[1:])
    if any(inner.is_relative_to(folder) for folder in POWERTOOLS_LEFT_OUT):
        return False
    return inner.parts[0] != "utilities" or inner.parts[1] in POWERTOOLS_UTILITIES_KEPT


def is_package_needed(path: PurePath) -> bool:
    """Whether a file of this package, named relative to it, goes into the layer."""
    inner = PurePosixPath(*path.parts)
    return path.suffix == ".py" and not any(
        inner.is_relative_to(folder) for folder in PACKAGE_LEFT_OUT
    )
