"""What is said when boto3 is not there."""

import subprocess
import sys


def test_without_boto3_the_store_says_how_to_install_it() -> None:
    program = (
        "import sys\n"
        "sys.modules['boto3'] = sys.modules['botocore'] = None\n"
        "from authorizers.errors import ConfigurationError\n"
        "from authorizers.stores.ssm import SsmParameter\n"
        "try:\n"
        "    SsmParameter('/a').read()\n"
        "except ConfigurationError as error:\n"
        "    print(error.problems[0])\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert result.stdout.decode() == "ssm:/a: needs boto3: pip install 'apigw-authorizers[aws]'\n"
