# in_image IMAGE HOW_TO_BUILD CPU [ARGUMENT...]: sets docker_run to the command that starts IMAGE as the calling user, with data/, runs/ and
# inference/ of the present folder; a graphics card is lent where there is one, unless CPU is yes. Sourced by train.sh and infer.sh.
in_image() {
  local image=$1 build=$2 cpu=$3
  shift 3
  [[ $print == yes ]] || command -v docker >/dev/null || { echo "${0##*/}: --docker needs docker; without it the program runs here: leave --docker away" >&2; exit 2; }
  [[ $print == yes ]] || docker image inspect "$image" >/dev/null 2>&1 ||
    { echo "${0##*/}: the image $image is not built; type:  $build" >&2; exit 2; }
  docker_run=(docker run --rm --user "$(id -u):$(id -g)" -e HOME=/tmp)
  [[ $cpu == yes || ! -e /dev/nvidia0 ]] || docker_run+=(--gpus all)
  local folder
  for folder in data runs inference; do
    [[ $print == yes ]] || mkdir -p "$folder"
    docker_run+=(-v "$PWD/$folder:/srv/kymo/$folder")
  done
  docker_run+=("$@" "$image")
}
