"""Helpers of the omegaconf_*.py scripts: random values and texts, and answers in the form of the conformance cases."""
import json
import logging
import os
import random
import sys
import warnings

import omegaconf
from omegaconf import DictConfig, ListConfig, OmegaConf

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
os.environ.update({"KYMO_NAME": "ada", "KYMO_NUM": "12", "KYMO_LIST": "[1,a]", "KYMO_EMPTY": ""})
os.environ.pop("KYMO_NOPE", None)
sys.setrecursionlimit(4000)

NUMBERS = ["0", "1", "-1", "+1", "12", "007", "017", "08", "0o17", "0x1F", "0xg", "0b11", "0b12", "1_000", "1__0", "_1", "1_", "-0", "+0", "1.", ".5",
           "-.5", "+.5", "1.5", "1e3", "1E5", "1e-3", "1.e3", "1.5e+3", "1e", "1e+", ".e3", "._5", "1._5", "0.1_1", "12:30", "1:2:3", "1:60", "1:2.5",
           "-1:30", "190:20:30.15", "1e400", "-1e400", "123456789012345678901234567890", "0x", "0b", "-0x1f", "+0b1", "-017", "1.2.3", "1,5", "- 1",
           "1e-05", "1_0.5", "1:-2", "0:0", "00", "-00", "0_0", "0b_1", "0x_f", "1.0e5", "1.0e+5", ".5e3", ".5e+3", "٣"]
WORDS = ["", "a", "b", "foo", "a-b", "a b", "null", "Null", "NULL", "nUll", "~", "true", "True", "TRUE", "tRUE", "yes", "No", "on", "OFF", "y", "N", ".inf",
         "-.Inf", "+.INF", ".nan", ".NaN", "NaN", "nan", "inf", "-inf", "infinity", "2020-01-01", "2020-1-1 10:20:30", "2001-12-14t21:59:43.10-05:00", "???",
         "=", "<<", "<", "a:b", "a: b", "a#b", "a #b", "#a", ":a", "?a", "-a", "--", "---", "...", "--- a", "!x", "!!str", "&x", "*x", "@x", "%x", "`x", "|",
         ">", "'", "\"", "a'b", "a\"b", "[", "]", "{", "}", "[a]", "{a}", ",", "a,b", "é", "日本", "🎵", "\u00a0", "a\tb", "\t", " a", "a ", "a\nb", "a\n", "\na",
         "a\n b", "a \nb", "\n", "\u0085", "a\u2028b", "\\", "\\n", "C:\\d", "${a}", "$", "x\x07", "\ufeff", "\x7f", "0.1.", "a: ", "- a", "? a", "?", "-", ":",
         "http://a/b?c=d#e", "!", "&", "*", "a]", "a}", "a{", "ab" * 70, "a " * 60, "abc def " * 20]


def text_of(rng):
    """A random string, more often one that another type hides in."""
    kind = rng.randrange(10)
    if kind < 4:
        return rng.choice(WORDS)
    if kind < 6:
        return rng.choice(NUMBERS)
    if kind < 8:
        return "".join(rng.choice("ab1 .,:;-#'\"\\[]{}&*!|>%@`=<~?_+e0x\n\té🎵\u0085") for _ in range(rng.randrange(12)))
    return rng.choice(WORDS) + rng.choice(["", " ", "\n", ": ", " #", "'", "\""]) + rng.choice(WORDS)


def number_of(rng):
    """A random number, bool or null."""
    kind = rng.randrange(8)
    if kind < 3:
        return rng.choice([0, 1, -1, 7, 10 ** 6, 2 ** 31, 2 ** 63 - 1, 2 ** 63, -(2 ** 63), 10 ** 40])
    if kind < 6:
        special = [0.0, -0.0, 1.0, 0.1, 1e-5, 1e16, 1e15, 123456.789, 1e22, 5e-324, 1.7976931348623157e308, float("inf"), float("-inf"), float("nan"),
                   1 / 3, 1e-4, 9999999999999998.0]
        return rng.choice(special) if rng.random() < 0.6 else rng.uniform(-10, 10) * 10.0 ** rng.randrange(-20, 20)
    return rng.choice([True, False, None])


def value_of(rng, depth):
    """A random value: scalars, lists, dictionaries."""
    kind = rng.randrange(10)
    if depth > 0 and kind < 2:
        return [value_of(rng, depth - 1) for _ in range(rng.randrange(4))]
    if depth > 0 and kind < 5:
        return {key_of(rng): value_of(rng, depth - 1) for _ in range(rng.randrange(4))}
    return text_of(rng) if kind < 8 else number_of(rng)


def key_of(rng):
    kind = rng.randrange(10)
    if kind < 6:
        return rng.choice(["a", "b", "c", "x", "foo", "a-b", "y", "1", "true", "on", "a b"])
    if kind < 8:
        return text_of(rng)
    return rng.choice([0, 1, -5, 1.5, 1e20, True, False])


def damaged(rng, text):
    """A text with one to three characters removed, added, doubled or exchanged."""
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(text) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            text = text[:at] + text[at + 1:]
        elif kind == 1:
            text = text[:at] + rng.choice(" \n\t:-?,[]{}#&*!|>'\"%@`\\$.=a1é\ufeff\u2028\x00") + text[at:]
        elif kind == 2:
            text = text[:at] + text[at:at + 4] + text[at:]
        else:
            text = text[:at] + text[at + 1:at + 2] + text[at:at + 1] + text[at + 2:]
    return text


def form(value):
    """A value as the cases say it."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, (list, tuple)):
        return [form(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[form(key), form(item)] for key, item in value.items()]}
    return {"other": type(value).__name__, "text": str(value)}


def plain(config, resolve=False):
    """Containers as plain values."""
    return OmegaConf.to_container(config, resolve=resolve) if isinstance(config, (DictConfig, ListConfig)) else config


def answer(ask):
    """What a call gives, or its error; None where Python itself gave up."""
    try:
        return {"ok": form(ask())}
    except RecursionError:
        return None
    except Exception as error:  # the library lets errors of many kinds through
        return {"error": type(error).__name__, "message": str(error)}


def encodable(value):
    """Whether a value can be written as JSON text."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
        return True
    except UnicodeEncodeError:
        return False


def main(kind, draw, ask):
    """Prints COUNT cases of a kind from SEED: draw(rng) gives an input and what to ask about it."""
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(seed)
    printed = 0
    while printed < count:
        given = draw(rng)
        out = answer(lambda: ask(given))
        if out is None or not encodable(given) or not encodable(out):
            continue
        case = {"id": f"{kind}-{seed}-{printed}", "kind": kind, "in": form(given) if kind == "to_yaml" else given, "out": out}
        print(json.dumps(case))
        printed += 1
