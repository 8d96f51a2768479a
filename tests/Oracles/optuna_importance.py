"""Optuna's fANOVA importance of the study NAME in the storage URL: optuna_importance.py URL NAME."""
import json
import sys
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
study = optuna.load_study(study_name=sys.argv[2], storage=sys.argv[1])
evaluator = optuna.importance.FanovaImportanceEvaluator(seed=1)
print(json.dumps(list(optuna.importance.get_param_importances(study, evaluator=evaluator).items())))
