"""Random pairs (and triples) of documents and what OmegaConf.merge makes of them. Usage: omegaconf_merges.py SEED COUNT"""

from omegaconf import OmegaConf

from omegaconf_cases import main, plain

KEYS = ["a", "b", "c", "x", "y", "1", "true"]
LEAVES = ["1", "text", "null", "\"???\"", "1.5", "true", "[]", "{}", "\"${a}\"", "\"${a.b}\"", "\"${.b}\"", "\"${..a}\"", "\"${b.c}\"", "\"${zz}\"", "\"${oc.env:KYMO_NAME}\"",
          "\"pre ${x}\"", "\"${oc.create:{p: 1}}\"", "\"${oc.decode:'{p: 1}'}\"", "\"${oc.select:zz,null}\"", "\"${x}\""]


def node(rng, depth):
    kind = rng.randrange(10)
    if depth == 0 or kind < 4:
        return rng.choice(LEAVES)
    if kind < 6:
        return "[" + ", ".join(node(rng, depth - 1) for _ in range(rng.randrange(3))) + "]"
    return mapping(rng, depth)


def mapping(rng, depth):
    keys = rng.sample(KEYS, rng.randrange(4))
    return "{" + ", ".join(f"{key}: {node(rng, depth - 1)}" for key in keys) + "}"


def draw(rng):
    count = 3 if rng.random() < 0.2 else 2
    return [node(rng, 3) if rng.random() < 0.08 else mapping(rng, 4) for _ in range(count)]


def ask(documents):
    return plain(OmegaConf.merge(*[OmegaConf.create(text) for text in documents]))


main("merge", draw, ask)
