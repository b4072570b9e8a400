"""What was used last is remembered, and no more than there is room for."""

import threading

from authorizers.model.recent import Recent


def test_the_value_used_least_recently_goes_first() -> None:
    recent: Recent[str, int] = Recent(3)
    for i, key in enumerate("abc"):
        recent.keep(key, i)
    assert recent.get("a") == 0
    recent.keep("d", 3)
    assert list(recent._values.values()) == [2, 0, 3]
    assert recent.get("b") is None


def test_a_value_that_is_kept_again_is_the_newest_and_replaces_the_old() -> None:
    recent: Recent[str, int] = Recent(2)
    for key, value in (("a", 0), ("b", 1), ("a", 2), ("c", 3)):
        recent.keep(key, value)
    assert list(recent._values.values()) == [2, 3]
    assert len(recent) == 2


def test_without_room_nothing_is_kept() -> None:
    recent: Recent[str, int] = Recent(0)
    recent.keep("a", 0)
    assert recent.get("a") is None
    assert len(recent) == 0


def test_what_is_forgotten_is_gone_and_forgetting_twice_is_nothing() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.keep("a", 0)
    recent.forget("a")
    recent.forget("a")
    assert recent.get("a") is None


def test_threads_share_it_and_never_see_another_keys_value() -> None:
    recent: Recent[int, int] = Recent(10)
    wrong: list[int] = []

    def use(seed: int) -> None:
        for i in range(3000):
            key = (i * 7 + seed) % 40
            recent.keep(key, key)
            value = recent.get((key + seed) % 40)
            if value not in (None, (key + seed) % 40):
                wrong.append(key)
            if i % 5 == 0:
                recent.forget(key)

    threads = [threading.Thread(target=use, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(recent) <= 10
