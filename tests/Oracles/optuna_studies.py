"""Studies as Optuna's own storages see them. URL is what Optuna takes, or journal:PATH.

optuna_studies.py list URL NAME           the study with all its trials, as JSON
optuna_studies.py go-on URL NAME TRIALS   makes the study where there is none, enqueues one trial and runs TRIALS trials
"""
import json
import sys
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def storage_of(url):
    if url.startswith("journal:"):
        return optuna.storages.JournalStorage(optuna.storages.JournalFileStorage(url[len("journal:"):]))
    return optuna.storages.RDBStorage(url)


def objective(trial):
    x = trial.suggest_float("x", -5, 5)
    rate = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    layers = trial.suggest_int("layers", 1, 9, step=2)
    kind = trial.suggest_categorical("kind", ["a", None, 3, 2.5, True, "[1, 2]"])
    trial.set_user_attr("run_dir", "trials/trial_%03d" % trial.number)
    trial.report(x, 1)
    if trial.number % 4 == 1:
        trial.report(float("nan"), 2)
    if trial.number % 4 == 2:
        trial.report(float("-inf"), 3)
        raise optuna.TrialPruned()
    if trial.number % 4 == 3:
        return float("nan")
    return x * x + rate + layers + (kind is None)


def listed(study):
    return {
        "directions": [direction.name for direction in study.directions],
        "user_attrs": study.user_attrs,
        "best": [trial.number for trial in study.best_trials],
        "trials": [
            {
                "number": trial.number,
                "state": trial.state.name,
                "values": trial.values,
                "start": trial.datetime_start and trial.datetime_start.isoformat(timespec="microseconds"),
                "complete": trial.datetime_complete and trial.datetime_complete.isoformat(timespec="microseconds"),
                "params": dict(sorted(trial.params.items())),
                "distributions": {
                    name: optuna.distributions.distribution_to_json(distribution)
                    for name, distribution in sorted(trial.distributions.items())
                },
                "intermediate": [[step, value] for step, value in sorted(trial.intermediate_values.items())],
                "user_attrs": dict(sorted(trial.user_attrs.items())),
                "system_attrs": dict(sorted(trial.system_attrs.items())),
            }
            for trial in study.trials
        ],
    }


command, url, name, *rest = sys.argv[1:]
storage = storage_of(url)
if command == "list":
    print(json.dumps(listed(optuna.load_study(study_name=name, storage=storage))))
else:
    study = optuna.create_study(
        study_name=name, storage=storage, load_if_exists=True, sampler=optuna.samplers.RandomSampler(seed=3)
    )
    study.enqueue_trial({"x": 1.5, "kind": "[1, 2]"}, user_attrs={"why": "guess"})
    study.optimize(objective, int(rest[0]), catch=())
    study.set_user_attr("note", {"text": "é", "list": [1, None, 2.5]})
    print(json.dumps(listed(study)))
