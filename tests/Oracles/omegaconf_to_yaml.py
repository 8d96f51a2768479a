"""Random values and the text that OmegaConf.to_yaml writes for them. Usage: omegaconf_to_yaml.py SEED COUNT"""
from omegaconf import OmegaConf

from omegaconf_cases import main, value_of


def draw(rng):
    return {"v": value_of(rng, rng.randrange(5))}


def ask(value):
    return OmegaConf.to_yaml(OmegaConf.create(value))


main("to_yaml", draw, ask)
