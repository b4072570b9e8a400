"""What a request tells the conditions of a policy."""

from authorizers.model.request import Request

# Keys that an event tells by leaving them out: the client has sent no such header.
FROM_HEADERS = {"aws:UserAgent": "user-agent", "aws:Referer": "referer"}


def condition_keys(request: Request) -> dict[str, str]:
    """
    Return the condition keys of `request`, as far as its event tells them; the time is not in it.

    API Gateway is reached over TLS only ("Security best practices in Amazon API Gateway").
    """
    keys = {"aws:SecureTransport": "true"}
    if request.source_ip is not None:
        keys["aws:SourceIp"] = request.source_ip
    for key, header in FROM_HEADERS.items():
        if values := request.headers.get(header):
            keys[key] = ",".join(values)
    return keys
