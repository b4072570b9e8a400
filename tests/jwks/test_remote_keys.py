"""The life of a fetched key set: when it is fetched again, what is served meanwhile, when it ends."""

import json

import pytest

from authorizers.errors import ConfigurationError, DependencyError, UntrustedCredential
from authorizers.jwks.address import Discovery, JwksUri
from authorizers.jwks.cache import DEFAULT_TIMES, RefreshTimes
from authorizers.jwks.source import RemoteKeys
from authorizers.testing import faulty
from authorizers.testing.clock import FrozenClock
from authorizers.testing.faulty import Fault, FaultyServer
from authorizers.testing.issuer import JWKS_PATH, METADATA_PATH, FakeIssuer
from authorizers.testing.signing_key import SigningKey


GOOD = SigningKey.generate("ES256", "first")
