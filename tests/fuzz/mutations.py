"""Breaking bytes and JSON at random: what a hand, a disk, a wrong tool or an ill will makes of a good file.

Everything is drawn from one `random.Random`, so that a number gives the same input again.
"""

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from tests.fuzz.odd import BYTES, NUMBERS, RAW, RAW_KEYS, TEXTS

_MARK = "\u2603 here"
Place = tuple[Any, Any]


def places(value: Any) -> Iterator[Place]:
    """Every place below a JSON value, as the holder and the key or position in it."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in list(entries):
        yield value, key
        yield from places(held)


def odd_value(random: Random) -> Any:
    """A value of any kind that may fit nowhere."""
    number, text = random.choice(NUMBERS), random.choice(TEXTS)
    return random.choice([None, True, False, [], {}, number, text, [text], [[]], [{}]])


def mutated(value: Any, random: Random, words: Sequence[str]) -> Any:
    """The JSON value with up to four changes; `words` are texts that mean something where it comes from."""
    whole = {"": value}
    for _ in range(random.choice((1, 1, 2, 4))):
        whole.setdefault("", value)
        found = list(places(whole))
        _change(*random.choice(found), found, random, words)
    return whole.get("", value)


def _change(holder: Any, key: Any, found: list[Place], random: Random, words: Sequence[str]) -> None:
    held = holder[key]
    match random.randrange(9):
        case 0:
            del holder[key]
        case 1:
            holder[key] = odd_value(random)
        case 2:
            other, where = random.choice(found)
            holder[key] = json.loads(json.dumps(other[where]))
        case 3 if isinstance(holder, list):
            holder += [held] * random.choice((1, 2, 30))
        case 4 if isinstance(holder, dict):
            holder[random.choice([*TEXTS[:12], "Id", "NextToken", "State", str(key).lower()])] = held
        case 5 if isinstance(held, list):
            random.shuffle(held)
        case 6:
            holder[key] = random.choice([[held], {"": held}, [held, held], str(held)])
        case _:
            holder[key] = _like(held, random, words)


def _like(held: Any, random: Random, words: Sequence[str]) -> Any:
    """Something of the same kind as what is there."""
    if isinstance(held, bool):
        return not held
    if isinstance(held, int):
        return random.choice((*NUMBERS[:16], held + 1, -held))
    if isinstance(held, str):
        known, odd = random.choice(words or [held]), random.choice(TEXTS)
        return random.choice((known, known, odd, held + odd, held[1:]))
    return odd_value(random)


def printed(value: Any, random: Random) -> bytes:
    """JSON text of the value, now and then as only a broken tool would write it."""
    if random.randrange(4) or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
    whole = [value]
    holder, key = random.choice(list(places(whole)))
    kept, holder[key] = holder[key], _MARK
    text = json.dumps(whole[0]).encode()
    holder[key] = kept
    raw = random.choice(RAW)
    if random.randrange(3) == 0:
        raw = json.dumps(kept).encode() + b', "' + random.choice(RAW_KEYS) + b'": ' + raw
    return text.replace(json.dumps(_MARK).encode(), raw)


def bytes_mutated(data: bytes, random: Random, splices: Sequence[bytes] = BYTES) -> bytes:
    """The bytes with up to eight of them flipped, cut, doubled or replaced."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        at = random.randrange(len(changed) + 1)
        match random.randrange(6):
            case 0 if at < len(changed):
                changed[at] ^= 1 << random.randrange(8)
            case 1:
                del changed[at : at + random.choice((1, 2, 8, 64))]
            case 2:
                changed[at:at] = random.choice(splices)
            case 3:
                other = random.randrange(len(changed) + 1)
                changed[at:at] = changed[other : other + random.choice((1, 4, 32))]
            case 4:
                changed[at : at + 1] = random.choice(splices)
            case 5 if random.randrange(4) == 0:
                del changed[at:]
    return bytes(changed)


def text_mutated(text: str, random: Random, splices: Sequence[str]) -> str:
    """The text with up to five pieces put in, cut out or doubled; now and then as it was."""
    for _ in range(random.choice((0, 1, 1, 1, 2, 5))):
        at, width = random.randrange(len(text) + 1), random.choice((0, 1, 1, 3, 10))
        piece = random.choice((random.choice(splices), "", text[at : at + 5] * random.choice((1, 2, 40))))
        text = text[:at] + piece + text[at + width :]
    return text
