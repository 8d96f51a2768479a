"""Which trials Optuna's pruners stop, and where, on given curves.

optuna_pruners.py PRUNERS DIRECTION STUDY CURVES
PRUNERS holds a list [name, options] or [name, options, name of a wrapped pruner or null] for each pruner. CURVES holds one list of
values for each trial; a value of null is NaN. A trial reports its values at the steps 0, 1, 2 … until the pruner stops it. Prints
for each pruner and trial the number of its reports and its rungs.
"""
import json
import math
import sys
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

pruners, direction, study_name, curves = sys.argv[1:]


def decisions(name, options, *inner):
    if inner:
        options["wrapped_pruner"] = getattr(optuna.pruners, inner[0])() if inner[0] else None
    study = optuna.create_study(
        study_name=study_name,
        direction=direction,
        sampler=optuna.samplers.RandomSampler(seed=1),
        pruner=getattr(optuna.pruners, name)(**options),
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
    return answers


print(json.dumps([decisions(*pruner) for pruner in json.loads(pruners)]))
