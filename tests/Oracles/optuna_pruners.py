"""Which trials Optuna's pruners stop, and where, on given curves.

optuna_pruners.py NAME OPTIONS DIRECTION STUDY CURVES [INNER]
CURVES holds one list of values for each trial; a value of null is NaN. A trial reports its values at the steps 0, 1, 2 … until the
pruner stops it. INNER is the name of a pruner that NAME wraps. Prints for each trial the number of its reports and its rungs.
"""
import json
import math
import sys
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

name, options, direction, study_name, curves, *inner = sys.argv[1:]
arguments = json.loads(options)
if inner:
    arguments["wrapped_pruner"] = None if inner[0] == "none" else getattr(optuna.pruners, inner[0])()
study = optuna.create_study(
    study_name=study_name,
    direction=direction,
    sampler=optuna.samplers.RandomSampler(seed=1),
    pruner=getattr(optuna.pruners, name)(**arguments),
)
answers = []
for curve in json.loads(curves):
    trial = study.ask()
    reports = 0
    for step, value in enumerate(curve):
        trial.report(math.nan if value is None else value, step)
        reports += 1
        if trial.should_prune():
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            break
    else:
        study.tell(trial, curve[-1] if curve[-1] is not None else 0.0)
    answers.append([reports, sum(key.startswith("completed_rung") for key in study.trials[-1].system_attrs)])
print(json.dumps(answers))
