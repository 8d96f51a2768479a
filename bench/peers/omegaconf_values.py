"""Seconds that OmegaConf's generated parser takes for one value of an override (median of rounds)."""
import statistics
import time

from omegaconf.grammar_parser import parse

VALUES = ["60", "3e-4", "mmfit", "[a,b,c]", "[0.9,0.999]", "crnn", "'first try'", "{hidden:64,dropout:0.1,act:relu}", "outputs/x", "/srv/data/set_1", "logmel", "a/b-c.d", "true",
          "\"a, b = c\"", "null"]


def seconds_each():
    began = time.perf_counter()
    for _ in range(20):
        for value in VALUES:
            parse(value, parser_rule="singleElement", lexer_mode="VALUE_MODE")
    return (time.perf_counter() - began) / (20 * len(VALUES))


seconds_each()
print(statistics.median(seconds_each() for _ in range(5)))
