#!/usr/bin/env bash
# train.sh [--flag value | --flag=value | --switch]...: the sleep-stages original's training flags on `kymo train sleep-stages`.
#   scripts/sleep-stages/train.sh --batch_size 64 --window_size 45 --dataset_dir data/polysomnography
# Anything with an = and no dashes before it is passed on as it is (models=[GRU]); --cpu keeps off the graphics card; --docker trains in the
# image sleep-analysis:training (data/ and runs/ of this folder are lent to it); --print shows the command and stops.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
kymo=${KYMO:-$here/../../kymo}
source "$here/docker.sh"
declare -A keys=(
  [dataset_dir]=data.dataset_dir [data_alignment]=data.data_alignment [window_size]=data.window_size [stride]=data.stride
  [batch_size]=trainer.batch_size [hidden_dim]=model.hidden_dim [lr]=optim.lr [epochs]=trainer.epochs [train_split]=split.train_split
)
declare -A switches=([negative_times]=data.negative_times [motion_magnitude]=data.motion_magnitude)

overrides=()
print=no
docker=no
cpu=no
named=no
while (($#)); do
  case $1 in
    --print) print=yes ;;
    --docker) docker=yes ;;
    --cpu) cpu=yes overrides+=(trainer.device=cpu) ;;
    --*=*)
      flag=${1%%=*} flag=${flag#--} value=${1#*=}
      [[ -n ${keys[$flag]:-} ]] || { echo "train.sh: there is no --$flag with a value; there are ${!keys[*]}" >&2; exit 2; }
      overrides+=("${keys[$flag]}=$value")
      [[ $flag != dataset_dir ]] || named=yes ;;
    --*)
      flag=${1#--}
      if [[ -n ${switches[$flag]:-} ]]; then
        overrides+=("${switches[$flag]}=true")
      elif [[ -n ${keys[$flag]:-} ]]; then
        (($# > 1)) || { echo "train.sh: --$flag needs a value" >&2; exit 2; }
        overrides+=("${keys[$flag]}=$2")
        [[ $flag != dataset_dir ]] || named=yes
        shift
      else
        echo "train.sh: there is no --$flag; there are ${!keys[*]} ${!switches[*]} cpu docker print" >&2
        exit 2
      fi ;;
    *=*) overrides+=("$1") ;;
    *) echo "train.sh: '$1' is no flag; see the first lines of $0" >&2; exit 2 ;;
  esac
  shift
done
[[ $named == yes ]] || overrides+=(data.dataset_dir=data/polysomnography)
command=("$kymo" train sleep-stages "${overrides[@]}")
if [[ $docker == yes ]]; then
  in_image sleep-analysis:training "docker build --target training -t sleep-analysis:training ." "$cpu"
  command=("${docker_run[@]}" train sleep-stages run.root=runs "${overrides[@]}")
fi
if [[ $print == yes ]]; then
  printf '%s\n' "${command[*]}"
  exit 0
fi
exec "${command[@]}"
