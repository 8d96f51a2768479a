"""Random interpolations, a fifth of them damaged, and what OmegaConf selects. Usage: omegaconf_interpolations.py SEED COUNT"""
import json

from omegaconf import DictConfig, ListConfig, OmegaConf

from omegaconf_cases import damaged, main, plain

BASE = """a: 1
b: {c: x, d: [10, 20, {e: 30}], f: 2.5, t: true, z: null, m: "???", i: "${a}", r: "${.c}", up: "${..s}"}
s: text
l: [p, q, "${s}", "${.0}", [r, "${..1}"]]
s2: c
one: 1
k: {x: 5, "y z": 6, 7: seven, -1: minus, true: yes, 1.5: half}
path: b.c
loop: "${loop2}"
loop2: "x${loop}"
e: {}
el: []
esc: 'a\\${b}c'
"""
PATHS = ["a", "b", "b.c", "b.d", "b.d[0]", "b.d.1", "b.d[2].e", "b.d[5]", "b.d[-1]", "b.d.-1", "b.d.x", "b.f", "b.t", "b.z", "b.m", "b.i", "b.r", "b.up", "s", "l", "l[0]", "l[2]",
         "l.3", "l[4][1]", "l[4]", "s2", "one", "k", "k.x", "k.7", "k[7]", "k.true", "k.True", "k.1.5", "k.y z", "k.-1", "path", "loop", "e", "el", "el[0]", "zz", "b.zz", "b.c.x", "a.b.c",
         "", ".", "..", ".a", ".b.c", "..a", ".k.x", "b..c", "b.", ".b.", "b[c]", "[b]", "[b].c", "b[c]d", "b.d[01]", "b.d[ 0]", "b.d[+1]", "b.[c]", "b[d][0]", "b[d.0]", "v", "esc", "a1",
         "foo-bar", "a/b", "a:b", "a,b", "é", "a b", "0", "-", "a.0", "b.d.0.x", "__v", "b.d[1_0]", "k[true]"]
WORDS = ["1", "-1", "1.5", "1e3", ".5", "1.", "1_000", "017", "0x1F", "true", "False", "null", "NULL", "nan", "-inf", "abc", "a b", " a ", "a-b", "a/b", "a:b", "a.b", "x@y", "$", "%", "?", "*",
         "|", "+", "-", "\\\\", "\\,", "\\:", "\\{", "\\}", "\\[", "\\ ", "\\(", "(", ")", "=", "\\=", "é", "#", "&", "!", "a\\", "'a'", "\"a\"", "'a,b'", "\"it's\"", "'it\\'s'", "'a\\\\'",
         "\"a\\\"b\"", "'${a}'", "\"x${b.c}y\"", "'\\${a}'", "''", "\"\"", "' '", "", " ", "'a' 'b'", "'a'b", "a'b", "1 2", "1a", "a1", "1.2.3", "+1", "--1", "1 ", "inf", "infinity", "~", "1:2",
         "'\\\\${a}'", "\t", "a\tb", "1__0", "1e", "e1", "1.e3", "1.0e-5", "0", "-0", "00", "10_", "a,", "{", "}", "[", "]"]
NAMES = ["oc.env", "oc.decode", "oc.select", "oc.create", "oc.dict.keys", "oc.dict.values", "oc.deprecated"]


def path(rng, depth):
    text = rng.choice(PATHS)
    if depth > 0 and rng.random() < 0.15:
        inner = rng.choice(["s2", "path", "one", "b.c", "l[0]", "zz"]) if rng.random() < 0.7 else path(rng, depth - 1)
        text = rng.choice(["b.${%s}", "${%s}", "b[${%s}]", "l[${%s}]", "k.${%s}", "b.d.${%s}", "${%s}.c", "b.${%s}x", ".${%s}", "[${%s}]"]) % inner
    return rng.choice(["", "", "", " ", "\t"]) + text + rng.choice(["", "", "", " "]) if rng.random() < 0.1 else text


def element(rng, depth):
    kind = rng.randrange(12)
    if depth <= 0 or kind < 6:
        return rng.choice(WORDS)
    if kind < 8:
        return interpolation(rng, depth - 1)
    gap = rng.choice(["", "", " "])
    if kind == 8:
        return "[" + gap + ("," + gap).join(element(rng, depth - 1) for _ in range(rng.randrange(4))) + gap + "]"
    if kind == 9:
        keys = ["a", "b", "1", "1.5", "null", "true", "a b", "a-b", "'q'", "$", "${s}", "", "x:y", "\\:", "a\\ b", "-1", "é"]
        return "{" + gap + ("," + gap).join(rng.choice(keys) + gap + ":" + gap + element(rng, depth - 1) for _ in range(rng.randrange(4))) + gap + "}"
    if kind == 10:
        quote = rng.choice("'\"")
        return quote + text(rng, depth - 1) + quote
    return rng.choice(WORDS) + interpolation(rng, depth - 1) + rng.choice(WORDS)


def call(rng, depth):
    name = rng.choice(NAMES)
    if name == "oc.env":
        first = rng.choice(["KYMO_NAME", "KYMO_NUM", "KYMO_LIST", "KYMO_EMPTY", "KYMO_NOPE", "'KYMO_NAME'", "1", "null", "${s}", "KYMO NAME", ""])
    elif name in ("oc.select", "oc.deprecated", "oc.dict.keys", "oc.dict.values"):
        first = rng.choice(PATHS) if rng.random() < 0.8 else element(rng, depth - 1)
        if rng.random() < 0.3:
            first = "'" + first + "'"
    elif name == "oc.decode":
        first = rng.choice(["${oc.env:KYMO_NUM}", "${oc.env:KYMO_LIST}", "'${a}'", "'[1, ${a}]'", "'{x: ${s}}'", "\"'q'\"", "'a,b'", "' 1 '", "''", "null", "'\\'a\\''"]) if rng.random() < 0.5 \
            else "'" + element(rng, 1).replace("'", "\\'") + "'"
    else:
        first = element(rng, depth)
    arguments = [first] + [element(rng, depth - 1) for _ in range(rng.choice([0, 0, 0, 1, 1, 2]))]
    name = name if rng.random() < 0.95 else rng.choice(["foo", "oc", "oc.", "oc.${s}", "${s}", "${path}", "oc .env", "oc.dict", "1", "a_b"])
    return name + rng.choice([":", ":", ":", ": ", " :", " : "]) + rng.choice([",", ",", ", ", " ,"]).join(arguments) + rng.choice(["", "", "", ",", " ", ", "])


def interpolation(rng, depth):
    return "${" + (path(rng, depth) if rng.random() < 0.6 else call(rng, depth)) + "}"


def text(rng, depth):
    parts = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if rng.random() < 0.3:
            parts.append(rng.choice([" ", "a", "/", "$", "\\", "\\\\", "\\\\\\", "{", "}", "'", "\"", "é🎵", "$$", "\\$", "\n", ":", "a.b", "]", "$ {a}", "\\n"]))
        parts.append(interpolation(rng, depth))
        if rng.random() < 0.2:
            parts.append(rng.choice([" ", "b", "}", "\\", "$", "\\\\", "'"]))
    return "".join(parts)


def draw(rng):
    value = text(rng, 3)
    if rng.random() < 0.2:
        value = damaged(rng, value).replace("\0", "")
    key = "v"
    if rng.random() < 0.15:
        key = rng.choice(["w.n", "w.l", "w", "w.l[0]", "w.l.1"])
    if rng.random() < 0.05:
        key = rng.choice([item for item in PATHS if item])
    if key.startswith("w"):
        return {"yaml": BASE + f"v: 0\nw: {{n: {json.dumps(value)}, l: [{json.dumps(value)}, 2]}}\n", "key": key}
    return {"yaml": BASE + f"v: {json.dumps(value)}\n", "key": key}


def resolved(value):
    """Plain values, also where a resolver's list holds a configuration."""
    if isinstance(value, (DictConfig, ListConfig)):
        return plain(value, resolve=True)
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if isinstance(value, dict):
        return {key: resolved(item) for key, item in value.items()}
    return value


def ask(given):
    return resolved(OmegaConf.select(OmegaConf.create(given["yaml"]), given["key"]))


main("interpolation", draw, ask)
