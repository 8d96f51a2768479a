#!/bin/bash
# A hyper-parameter search as one job: sbatch slurm/hpo.sh. For many workers on many nodes: kymo tune ... --launcher slurm.
#
#   HPO=scenario2_mmfit N_TRIALS=50 OVERRIDES="env=remote data=mmfit trainer.epochs=30" sbatch slurm/hpo.sh
#
# Read, all optional: HPO (search space conf/hpo/$HPO.yaml), STUDY_NAME, OUTPUT_ROOT, STORAGE, N_TRIALS (60), OVERRIDES (split at blanks,
# quotes honoured), SPACE_CONFIG, ENV_NAME (remote), DATA_NAME (mmfit), EPOCHS (50), SEED (0), RUN_LABEL, PROJECT_ROOT (where sbatch was
# typed), CONTAINER_IMAGE, RECIPE (activity). ENV_NAME, DATA_NAME or EPOCHS set to - are left to the recipe. Resources: options of sbatch, or the lines below.
#SBATCH --job-name=kymo-hpo
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@120
#SBATCH --requeue
set -euo pipefail

export PROJECT_ROOT=${PROJECT_ROOT:-${SLURM_SUBMIT_DIR:-$PWD}}
export HPO=${HPO:-scenario2_mmfit} ENV_NAME=${ENV_NAME:-remote} DATA_NAME=${DATA_NAME:-mmfit} EPOCHS=${EPOCHS:-50}
export STUDY_NAME=${STUDY_NAME:-$HPO}
for variable in ENV_NAME DATA_NAME EPOCHS; do [[ ${!variable} != - ]] || unset "$variable"; done
export OUTPUT_ROOT=${OUTPUT_ROOT:-$PROJECT_ROOT/experiments/hpo/$STUDY_NAME}
cd "$PROJECT_ROOT"
kymo=${KYMO:-$PROJECT_ROOT/kymo}

mkdir -p "$OUTPUT_ROOT/logs"
log="$OUTPUT_ROOT/logs/hpo-$(date +%y%m%d-%H%M)${RUN_LABEL:+_$RUN_LABEL}"
exec >>"$log.out" 2>>"$log.err"

inside=()
if [[ -n ${CONTAINER_IMAGE:-} ]]; then
  runtime=$(command -v apptainer || command -v singularity) || { echo "kymo: CONTAINER_IMAGE needs apptainer or singularity on the node" >&2; exit 2; }
  inside=("$runtime" exec --nv --bind "$PROJECT_ROOT" --bind "$OUTPUT_ROOT" "$CONTAINER_IMAGE")
fi

# A job that was queued again goes on with the trials that wait; it adds none.
words=(tune "${RECIPE:-activity}")
[[ ${SLURM_RESTART_COUNT:-0} == 0 || ! -e $OUTPUT_ROOT/tune.json ]] || words=(tune resume "$OUTPUT_ROOT")

asked=0 began=$SECONDS
trap 'asked=1; kill -USR1 "$search" 2>/dev/null' USR1
trap 'kill -TERM "$search" 2>/dev/null' TERM
"${inside[@]}" "$kymo" "${words[@]}" "$@" &
search=$! code=0
while kill -0 "$search" 2>/dev/null; do wait "$search" && code=0 || code=$?; done
echo "ended with $code after $((SECONDS - began)) s"
if ((asked && (code == 130 || code == 138))) && [[ -n ${SLURM_JOB_ID:-} ]]; then
  scontrol requeue "$SLURM_JOB_ID" && exit 0
fi
exit "$code"
