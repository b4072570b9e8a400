"""Whether everything that one pattern stands for is another's too. No is said in cases of doubt."""

from authorizers.policy.language import ANY, ONE, SOME, Words


def covers(wide: str, narrow: str) -> bool:
    """
    Return whether the IAM pattern `wide` matches all that the IAM pattern `narrow` matches.

    Reads `narrow` as text in which `*` is a character that only a `*` takes.
    """
    if "?" not in wide and "*" not in wide:
        return wide == narrow
    at_wide = at_narrow = 0
    star = resume = -1
    while at_narrow < len(narrow):
        expected = wide[at_wide] if at_wide < len(wide) else ""
        found = narrow[at_narrow]
        if expected == "*":
            star, resume = at_wide, at_narrow
            at_wide += 1
        elif expected == found or (expected == "?" and found != "*"):
            at_wide += 1
            at_narrow += 1
        elif star >= 0:
            resume += 1
            at_wide, at_narrow = star + 1, resume
        else:
            return False
    return not wide[at_wide:].strip("*")


def swallows(pattern: str) -> bool:
    """Return whether a path pattern matches every path that ends in what it matches."""
    return pattern.startswith((ANY, SOME))


def includes(wide: Words, narrow: Words) -> bool:
    """Return whether every path of `narrow` is one of `wide`, whose wildcards end it or are ONE."""
    for i, word in enumerate(wide):
        rest = narrow[i:]
        if word == ANY and i == len(wide) - 1:
            return bool(rest)
        if word == SOME and i == len(wide) - 1:
            return bool(rest) and rest not in ((ANY,), ("",))
        if not rest or not _within(rest[0], word):
            return False
    return len(wide) == len(narrow)


def _within(narrow: str, word: str) -> bool:
    if word == ONE:
        return narrow not in ("", SOME, ANY)
    return narrow == word and word not in (SOME, ANY)
