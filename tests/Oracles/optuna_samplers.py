"""Values that Optuna's samplers choose, trial by trial, as internal numbers.

optuna_samplers.py NAME SEED OPTIONS SPACE TRIALS [TOLD]
NAME is a class of optuna.samplers, OPTIONS its arguments, SPACE an object of name and stored distribution; each trial asks for all
of SPACE in order and is told the value of `score` (or, with TOLD "two", of `scores`). TOLD "prune" prunes every fifth trial, "some"
leaves parameters out of some trials, "running" tells every third trial only five trials later, "constrained" adds a constraint.
"""
import json
import sys
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

name, seed, options, space, trials, *told = sys.argv[1:]
told = told[0] if told else "plain"
space = {key: optuna.distributions.json_to_distribution(json.dumps(value)) for key, value in json.loads(space).items()}


def numbers_of(trial):
    return [trial.distributions[key].to_internal_repr(value) for key, value in trial.params.items()]


def score(numbers):
    return sum((i + 1) * (number - 0.3) ** 2 for i, number in enumerate(numbers))


def scores(numbers):
    return [score(numbers), sum(abs(number - 1.7) for number in numbers)]


arguments = json.loads(options)
if told == "constrained":
    arguments["constraints_func"] = lambda trial: [score(numbers_of(trial)) % 2 - 1, 0.5 - numbers_of(trial)[0]]
if seed != "none":
    arguments["seed"] = int(seed)
sampler = getattr(optuna.samplers, name)(**arguments)
study = optuna.create_study(directions=["minimize", "maximize"] if told == "two" else ["minimize"], sampler=sampler)
rows = []
late = []
for number in range(int(trials)):
    trial = study.ask()
    for i, (key, distribution) in enumerate(space.items()):
        if told != "some" or (number + i) % 4 != 0:
            trial._suggest(key, distribution)
    numbers = numbers_of(trial)
    rows.append(numbers)
    if told == "prune" and number % 5 == 2:
        trial.report(score(numbers), number % 3)
        study.tell(trial, state=optuna.trial.TrialState.PRUNED)
    elif told == "running" and number % 3 == 1:
        late.append((number + 5, trial, numbers))
    else:
        study.tell(trial, scores(numbers) if told == "two" else score(numbers))
    while late and late[0][0] <= number:
        _, trial, numbers = late.pop(0)
        study.tell(trial, score(numbers))
print(json.dumps(rows))
