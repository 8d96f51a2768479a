"""optuna_best.py FILE STUDY: what Optuna sees in an SQLite file: states and values of the trials, the best, the directions."""
import json
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.load_study(study_name=sys.argv[2], storage="sqlite:///" + sys.argv[1])
print(json.dumps({
    "states": [trial.state.name for trial in study.trials],
    "values": [trial.value for trial in study.trials],
    "best_value": study.best_value,
    "direction": study.direction.name,
}))
