#!/usr/bin/env bash
# infer.sh [--models DIR] [--port N] [--cpu] [--docker] [--print]: serves trained sleep-stage networks on `kymo serve`.
#   scripts/sleep-stages/infer.sh --models results/runs/RUN
# The models stand in inference/production_models unless named: the six files of a training (hparams.json, scaler.json, four .pt), run folders or
# exports. --docker serves from the image sleep-analysis; --print shows the command and stops.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
kymo=${KYMO:-$here/../../kymo}
source "$here/docker.sh"
models=inference/production_models
port=8000
print=no
docker=no
cpu=no
while (($#)); do
  case $1 in
    --print) print=yes ;;
    --docker) docker=yes ;;
    --cpu) cpu=yes ;;
    --models=*) models=${1#*=} ;;
    --port=*) port=${1#*=} ;;
    --models | --port)
      (($# > 1)) || { echo "infer.sh: $1 needs a value" >&2; exit 2; }
      printf -v "${1#--}" %s "$2"
      shift ;;
    *) echo "infer.sh: '$1' is no flag; there are --models DIR --port N --cpu --docker --print" >&2; exit 2 ;;
  esac
  shift
done
[[ $port =~ ^[0-9]+$ ]] || { echo "infer.sh: --port needs a number, not '$port'" >&2; exit 2; }
[[ $print == yes || -d $models ]] || { echo "infer.sh: there is no folder $models; copy a training's files there, or type --models DIR" >&2; exit 2; }
command=("$kymo" serve --models "$models" --urls "http://127.0.0.1:$port")
if [[ $docker == yes ]]; then
  [[ $models != /* ]] || { echo "infer.sh: --docker lends inference/ and runs/ of this folder; name the models relative to it" >&2; exit 2; }
  in_image sleep-analysis "docker build -t sleep-analysis ." "$cpu" -p "127.0.0.1:$port:8000"
  command=("${docker_run[@]}" serve --models "/srv/kymo/$models" --urls http://0.0.0.0:8000)
fi
if [[ $print == yes ]]; then
  printf '%s\n' "${command[*]}"
  exit 0
fi
exec "${command[@]}"
