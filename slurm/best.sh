#!/bin/bash
# One long training with tuned settings as a job: sbatch slurm/best.sh.
#
#   BEST_OVERRIDES="$(cat experiments/hpo/NAME/best.txt)" RUN_LABEL=apex EPOCHS=200 SEED=0 sbatch slurm/best.sh
#
# Read, all optional: BEST_OVERRIDES (split at blanks, quotes honoured), SCENARIO_NAME (scenario2), DATA_NAME (mmfit), ENV_NAME (remote),
# EPOCHS (200), SEED (0), RUN_LABEL, RUN_DIR (the results folder: experiments/best_run/SCENARIO/DATA), PROJECT_ROOT (where sbatch was
# typed), CONTAINER_IMAGE, RECIPE (activity). Set SCENARIO_NAME, DATA_NAME or ENV_NAME to - where the recipe has no such group.
#SBATCH --job-name=kymo-best
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@120
#SBATCH --requeue
set -euo pipefail

project=${PROJECT_ROOT:-${SLURM_SUBMIT_DIR:-$PWD}}
scenario=${SCENARIO_NAME:-scenario2} data=${DATA_NAME:-mmfit} env=${ENV_NAME:-remote} seed=${SEED:-0}
cd "$project"
kymo=${KYMO:-$project/kymo}
root=${RUN_DIR:-$project/experiments/best_run/$scenario/$data}
# The job's number names the run, so that a job queued again finds it.
name="best-${SLURM_JOB_ID:-$(date +%y%m%d-%H%M%S)}${RUN_LABEL:+-$RUN_LABEL}"

mkdir -p "$root/logs"
log="$root/logs/trial-$(date +%y%m%d-%H%M)${RUN_LABEL:+_$RUN_LABEL}"
exec >>"$log.out" 2>>"$log.err"

inside=()
if [[ -n ${CONTAINER_IMAGE:-} ]]; then
  runtime=$(command -v apptainer || command -v singularity) || { echo "kymo: CONTAINER_IMAGE needs apptainer or singularity on the node" >&2; exit 2; }
  inside=("$runtime" exec --nv --bind "$project" --bind "$root" "$CONTAINER_IMAGE")
fi

words=(train "${RECIPE:-activity}" "trainer.epochs=${EPOCHS:-200}" "seed=$seed" "run.root=$root" "run.name=$name")
[[ $env == - ]] || words+=("env=$env")
[[ $data == - ]] || words+=("data=$data")
[[ $scenario == - ]] || words+=("scenario=$scenario")
# xargs splits as a shell does and runs nothing.
if [[ -n ${BEST_OVERRIDES:-} ]]; then
  mapfile -d '' -t tuned < <(printf '%s\n' "$BEST_OVERRIDES" | xargs printf '%s\0')
  words+=("${tuned[@]}")
fi
[[ ! -d $root/runs/$name ]] || words+=(--resume auto)

# The program itself saves when SLURM announces the end of its time, and queues the job again.
began=$SECONDS
trap 'kill -USR1 "$training" 2>/dev/null' USR1
trap 'kill -TERM "$training" 2>/dev/null' TERM
"${inside[@]}" "$kymo" "${words[@]}" "$@" &
training=$! code=0
while kill -0 "$training" 2>/dev/null; do wait "$training" && code=0 || code=$?; done
echo "ended with $code after $((SECONDS - began)) s"
exit "$code"
