"""
IAM's wildcards: `*` is any run of characters, `/` included; `?` is exactly one character.

Source: IAM User Guide, "IAM JSON policy elements: Resource"
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html).

No pattern makes this slow. What stands between two `*` is looked for once, from left to right,
where the piece before it ended: the first place will do, because a `*` bridges whatever follows.
So a piece of at most `SHORT` characters costs at most `SHORT` comparisons for each character of the
text, in C. Everything else, such as a `?` in the middle of a piece, goes to `steps`: exactly
one step for a character of the text, and a step is a handful of operations on integers that have
one bit for each character of the pattern. That is no backtracking and no product of lengths in
Python; the integers cost one machine operation for every 30 characters of the pattern.
"""

SHORT = 64  # characters of a piece that `str.find` may look for: its worst case is their product


def matches(pattern: str, text: str, wildcards: str = "*?") -> bool:
    """
    Return whether the whole of `text` is matched. Every other character is literal.

    `wildcards` are the two characters for any run and for one character, for patterns in which
    `*` or `?` is literal.
    """
    if wildcards != "*?":
        return steps(pattern, text, wildcards=wildcards)
    if "*" not in pattern:
        if "?" not in pattern:
            return pattern == text
        return len(pattern) == len(text) and steps(pattern, text)
    first, *middle, last = pattern.split("*")
    head, tail = first.rstrip("?"), last.lstrip("?")  # next to a star, `?` is a gap to be counted
    if "?" in head or "?" in tail:
        return steps(pattern, text)
    if not text.startswith(head) or not text.endswith(tail):
        return False
    return _found_in_order(middle, text, len(first), len(text) - len(last))


def _found_in_order(pieces: list[str], text: str, position: int, end: int) -> bool:
    """Return whether `pieces`, with any gaps, are in `text` from `position` to `end`."""
    for i, piece in enumerate(pieces):
        core = piece.strip("?")
        if len(core) > SHORT or "?" in core:
            rest = "*".join(("", *pieces[i:], ""))
            return position <= end and steps(rest, text[position:end])
        if core:
            before = piece.index(core)
            position = text.find(core, position + before, end) - before
            if position < 0:
                return False
        position += len(piece)
    return position <= end


def steps(pattern: str, text: str, *, fence: int = 0, wildcards: str = "*?") -> bool:
    """
    Match by one step for each character of `text`, over all ways to match at once.

    Before the index `fence` of the pattern, a wildcard matches no colon, except a `*` at the end
    of its segment, that is before a colon or at the end of the pattern.

    Bit `k` of `states` says that what has been read of the text is matched by the first `k`
    characters of the pattern, stars not counted (the Shift-And method: Baeza-Yates and Gonnet,
    "A new approach to text searching", CACM 35 (10), 1992).
    """
    moves: dict[str, int] = {}  # where this character is the next one
    stays = [0, 0]  # where a star stands: any star, or one that stops at a colon
    wild = [0, 0]  # where a `?` is next: the same
    run, single = wildcards[0], wildcards[1]
    here = 1
    for i, character in enumerate(pattern):
        if character == run:
            stays[i < fence and pattern[i + 1 : i + 2] not in ("", ":")] |= here
            continue
        if character == single:
            wild[i < fence] |= here
        else:
            moves[character] = moves.get(character, 0) | here
        here <<= 1
    states = 1
    for character in text:
        stay, move = stays[0], wild[0] | moves.get(character, 0)
        if character != ":":
            stay, move = stay | stays[1], move | wild[1]
        states = (states & stay) | ((states & move) << 1)
        if not states:
            return False
    return bool(states & here)
