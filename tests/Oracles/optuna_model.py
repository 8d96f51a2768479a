"""Optuna's own answers about distributions and best trials, and Python's about JSON text.

optuna_model.py distributions SPECS NUMBERS   for each [kind, arguments]: stored text, which numbers it contains, only value or null
optuna_model.py json TEXT                     TEXT read and written again
optuna_model.py best DIRECTIONS VALUES        numbers of the best trials of complete trials with these values
"""
import json
import sys
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

KINDS = {
    "float": optuna.distributions.FloatDistribution,
    "int": optuna.distributions.IntDistribution,
    "categorical": optuna.distributions.CategoricalDistribution,
}


def distributions(specs, numbers):
    answers = []
    for kind, arguments in json.loads(specs):
        distribution = KINDS[kind](**arguments)
        contained = [distribution._contains(number) for number in json.loads(numbers)]
        answers.append([optuna.distributions.distribution_to_json(distribution), contained, distribution.single()])
    print(json.dumps(answers))


def best(directions, values):
    study = optuna.create_study(directions=json.loads(directions))
    for row in json.loads(values):
        study.add_trial(optuna.trial.create_trial(values=row))
    print(json.dumps([trial.number for trial in study.best_trials]))


command, *arguments = sys.argv[1:]
if command == "distributions":
    distributions(*arguments)
elif command == "json":
    print(json.dumps(json.loads(arguments[0])))
else:
    best(*arguments)
