"""Random YAML documents, a quarter of them damaged, and what OmegaConf reads in them. Usage: yaml_documents.py SEED COUNT"""
from omegaconf import OmegaConf

from omegaconf_cases import NUMBERS, damaged, main, plain, text_of

KEYS = ["a", "b", "c", "d", "e", "long key", "1", "1.5", "true", "on", "~", "'q'", "\"d\"", "?x", "<<", "=", "a.b", "!!str k", "&k k", "017", "1e3", "é"]
TAGS = ["!!str ", "!!int ", "!!float ", "!!bool ", "!!null ", "!!map ", "!!seq ", "!!binary ", "!x ", "! ", "!<tag:yaml.org,2002:str> ", "!!set "]
PLAIN = ["a", "foo", "foo bar", "a b: c", "x#y", "x #y", "a:b", "yes", "off", "null", "~", "", "2020-01-01", ".inf", "-.inf", ".nan", "NaN", "???", "${a}",
         "${a.b}", "a, b", "a[0]", "{", "=", "<<", "-", "?", ":", "%x", "@x", "a\n  b", "a\n\n  b", "!", "é", "y", "N", "foo?", "a - b", "'", "x'y", "://"]


class Writer:
    """Writes one random document."""

    def __init__(self, rng):
        self.rng = rng
        self.anchors = []  # of nodes that are written
        self.begun = []

    def pick(self, *items):
        return self.rng.choice(items)

    def properties(self):
        """A tag, an anchor, both, or mostly nothing."""
        text = ""
        if self.rng.random() < 0.06:
            text += self.rng.choice(TAGS)
        if self.rng.random() < 0.08:
            name = self.pick("x", "y", "z-1", "_")
            self.begun.append(name)
            text += f"&{name} "
        return text

    def scalar(self, flow):
        kind = self.rng.randrange(20)
        if kind < 7:
            return self.rng.choice(NUMBERS)
        if kind < 13:
            return self.rng.choice(PLAIN)
        if kind < 15:
            return "'" + text_of(self.rng).replace("'", "''") + "'"
        if kind < 18:
            body = text_of(self.rng).replace("\\", "\\\\").replace("\"", "\\\"")
            escape = self.pick("", "", "\\n", "\\t", "\\x41", "\\u00e9", "\\U0001F3B5", "\\/", "\\ ", "\\\n  ", "\\q", "\\x4", "\\0", "\\_", "\\N", "\\e")
            return "\"" + body + escape + "\""
        if self.anchors and kind == 18:
            return "*" + self.rng.choice(self.anchors)
        return self.pick("", "a", "# c") if flow else self.block()

    def block(self):
        """A literal or folded scalar; the caller's indentation is at most 6."""
        head = self.pick("|", ">") + self.pick("", "", "", "-", "+", "2", "1", "-1", "9", "0", "+2") + self.pick("", "", " # c", " x")
        indent = " " * self.pick(1, 2, 4, 8, 8)
        lines = [self.pick(indent + "text", indent + "more text", indent + "  deep", "", indent, indent + "# no comment", indent + "\ttab", indent + "a: b")
                 for _ in range(self.rng.randrange(4))]
        return head + "\n" + "\n".join(lines) + self.pick("", "\n", "\n\n")

    def flow(self, depth):
        kind = self.rng.randrange(10)
        if depth == 0 or kind < 5:
            return self.scalar(flow=True)
        gap = self.pick("", " ", " ", "\n   ", " # c\n   ")
        if kind < 8:
            items = [self.properties() + self.flow(depth - 1) for _ in range(self.rng.randrange(4))]
            if self.rng.random() < 0.1:
                items.append(self.pick("a: b", "? a : b", "a:", ": b"))
            return "[" + gap + ("," + gap).join(items) + self.pick("", "", ",") + "]"
        items = [self.key() + self.pick(": ", ": ", ":", " : ", "") + self.flow(depth - 1) for _ in range(self.rng.randrange(4))]
        return "{" + gap + ("," + gap).join(items) + self.pick("", "", ",") + "}"

    def key(self):
        return (self.pick("? ", "") if self.rng.random() < 0.05 else "") + (self.rng.choice(KEYS) if self.rng.random() < 0.35 else self.pick("a", "b", "c", "d", "e"))

    def node(self, indent, depth):
        """What stands after 'key:' or '-'."""
        text = self.written(indent, depth)
        self.anchors, self.begun = self.anchors + self.begun, []
        return text

    def written(self, indent, depth):
        kind = self.rng.randrange(10)
        before = self.properties()
        if depth == 0 or kind < 4:
            return " " + before + self.scalar(flow=False) + self.pick("", "", "", " ", " # c", "  # c") + "\n"
        if kind < 6:
            return " " + before + self.flow(3) + "\n"
        inner = indent + self.pick(1, 2, 2, 2, 4)
        comment = self.pick("", "", "", " # c", "\n", "\n# c")
        if kind < 8:
            return " " + before + comment + "\n" + self.mapping(inner, depth - 1)
        return " " + before + comment + "\n" + self.sequence(self.pick(indent, inner), depth - 1)

    def mapping(self, indent, depth):
        pairs = []
        for _ in range(self.rng.randrange(1, 4)):
            merge = self.anchors and self.rng.random() < 0.1
            if merge:
                alias = self.rng.choice(self.anchors)
                pairs.append(" " * indent + "<<: " + self.pick(f"*{alias}", f"[*{alias}, {{q: 1}}]", "{a: 1, q: 2}", "[{a: 1}, {a: 2, r: 3}]") + "\n")
            pairs.append(" " * indent + self.key() + ":" + self.node(indent, depth))
        return "".join(pairs)

    def sequence(self, indent, depth):
        items = []
        for _ in range(self.rng.randrange(1, 4)):
            if depth > 0 and self.rng.random() < 0.3:
                inner = self.mapping(indent + 2, depth - 1)
                items.append(" " * indent + "- " + inner.lstrip(" "))
            else:
                items.append(" " * indent + "-" + self.node(indent, depth))
        return "".join(items)

    def document(self):
        kind = self.rng.randrange(12)
        if kind == 0:
            body = self.properties() + self.flow(3) + "\n"
        elif kind < 3:
            body = self.sequence(0, self.rng.randrange(4))
        else:
            body = self.mapping(self.pick(0, 0, 0, 2), self.rng.randrange(4))
        head = self.pick(*[""] * 12, "# comment\n", "---\n", "--- ", "%YAML 1.1\n---\n", "%YAML 1.2\n---\n", "%TAG ! tag:yaml.org,2002:\n---\n", "\ufeff", "\n\n", "...\n")
        tail = self.pick(*[""] * 12, "# end", "...\n", "---\n", "--- a\n", "\n \n", "  # c\n", "...\n# c\n")
        text = head + body + tail
        if self.rng.random() < 0.04:
            text = text.replace("\n", self.pick("\r\n", "\r", "\u0085"))
        return text


def draw(rng):
    if rng.random() < 0.25:
        return "v: " + (rng.choice(NUMBERS) if rng.random() < 0.4 else text_of(rng))
    text = Writer(rng).document()
    if rng.random() < 0.25:
        text = damaged(rng, text)
    # PyYAML makes a scalar of {=: 1} behind a scalar's tag; Kymo refuses the tag.
    return text.replace("!!", "") if "=" in text else text


def ask(text):
    return plain(OmegaConf.create(text))


main("yaml_load", draw, ask)
