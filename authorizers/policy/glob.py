"""
IAM's wildcards: `*` is any run of characters, `/` included; `?` is exactly one character.

Source: IAM User Guide, "IAM JSON policy elements: Resource"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).
"""


def matches(pattern: str, text: str) -> bool:
    """Return whether the whole of `text` is matched. Every other character is literal."""
    if "?" in pattern:
        return _matches_stepwise(pattern, text)
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    *middle, last = rest
    if not text.startswith(first):
        return False
    position, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return position <= end and text.endswith(last)


def _matches_stepwise(pattern: str, text: str) -> bool:
    """Match with one point of return, the last `*`: at most the lengths' product of steps."""
    at_pattern = at_text = 0
    star = resume = -1
    while at_text < len(text):
        expected = pattern[at_pattern] if at_pattern < len(pattern) else ""
        if expected == "*":
            star, resume = at_pattern, at_text
            at_pattern += 1
        elif expected in ("?", text[at_text]):
            at_pattern += 1
            at_text += 1
        elif star >= 0:
            resume += 1
            at_pattern, at_text = star + 1, resume
        else:
            return False
    return not pattern[at_pattern:].strip("*")
