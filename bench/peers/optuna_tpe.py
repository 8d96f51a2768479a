"""Optuna's side of the tuning benchmark.

optuna_tpe.py speed SPACE TRIALS FILE     seconds of asking and telling TRIALS trials of TPE on a new SQLite file
optuna_tpe.py search SPACE TRIALS SEED    reads one line of values for each line of numbers it prints, ends with the best value
optuna_tpe.py worker SPACE TRIALS URL     asks and tells TRIALS trials of the study "workers" in the storage URL
optuna_tpe.py version                     Optuna's version
SPACE is an object of name and stored distribution.
"""
import json
import sys
import time
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def space_of(text):
    return {name: optuna.distributions.json_to_distribution(json.dumps(value)) for name, value in json.loads(text).items()}


def numbers_of(trial):
    return [distribution.to_internal_repr(trial.params[name]) for name, distribution in trial.distributions.items()]


command, *arguments = sys.argv[1:]
if command == "version":
    print(optuna.__version__)
elif command == "speed":
    space, trials, path = space_of(arguments[0]), int(arguments[1]), arguments[2]
    start = time.perf_counter()
    study = optuna.create_study(storage="sqlite:///" + path, sampler=optuna.samplers.TPESampler(seed=0))
    for _ in range(trials):
        trial = study.ask(space)
        study.tell(trial, sum((number - 0.3) ** 2 for number in numbers_of(trial)))
    print(time.perf_counter() - start)
elif command == "worker":
    space, trials, url = space_of(arguments[0]), int(arguments[1]), arguments[2]
    study = optuna.create_study(study_name="workers", storage=url, load_if_exists=True, sampler=optuna.samplers.TPESampler())
    for _ in range(trials):
        trial = study.ask(space)
        study.tell(trial, sum((number - 0.3) ** 2 for number in numbers_of(trial)))
else:
    space, trials, seed = space_of(arguments[0]), int(arguments[1]), int(arguments[2])
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    for _ in range(trials):
        trial = study.ask(space)
        print(json.dumps(numbers_of(trial)), flush=True)
        study.tell(trial, float(sys.stdin.readline()))
    print(study.best_value)
