#!/usr/bin/env bash
# All that a GPU can tell, in one call of less than 9 minutes: every kernel's check, sanitizers, published
# vectors, the machine's rates and every kernel at standard sizes in both scopes. Without a GPU the checks and
# vectors run on the emulator, to the end, and no time is printed.
#
#   ci/gpu.sh [FOLDER]    one run file and one summary go there; results/local unless told
#
# PYTHON   an interpreter with cupy (python3 unless told); kernels of the emulator need g++
# WHEELS   a folder with wheels of what it lacks of `needed`, for there may be no network: docs/how-to.md has the call
# MINUTES  that all of it may last (8.5 unless told): as many blocks are measured as fit into what is left
set -uo pipefail

say() { echo "gpu: $*" >&2; }
refuse() { say "$*" && exit 2; }
# absolute, as seen from where the caller is; a link stays one, for an environment's Python is
seen_from_here() { [[ $1 == /* || $1 != */* ]] && echo "$1" || echo "$PWD/$1"; }

python=$(seen_from_here "${PYTHON:-python3}")
wheels=${WHEELS:+$(seen_from_here "${WHEELS%/}/")}
out=${1:+$(seen_from_here "${1%/}/")}
minutes=${MINUTES:-8.5}
[[ $minutes =~ ^[0-9]+(\.[0-9]+)?$ ]] || refuse "MINUTES=$minutes is no number of minutes, such as 8.5"
cd "$(dirname "$0")/.."

out=${out:-results/local/}
sizes="8 and MiB and not (error or AES-256-ECB or 38 or 129 or 136 or 137) or chains and (1048576 or 65536)"
sizes="$sizes or trials and 16384 and flips"
seconds=$(awk "BEGIN { print int(60 * $minutes) }")
name=gpu-$(date -u +%Y%m%dT%H%M%SZ)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$out" "$scratch/site" || refuse "no folder can be made at $out: name another"
summary=$out$name.md
failed=0
child=

if [[ -n $wheels ]]; then
  "$python" -m pip install --quiet --no-index --no-deps --no-compile --target "$scratch/site" "$wheels"*.whl || exit 1
fi
export PYTHONPATH=$scratch/site:$PWD:$PWD/plugins/cuda/src:$PWD/plugins/cuda-emulator/src PYTHONUNBUFFERED=1 NO_COLOR=1
export CUPY_CACHE_DIR=${CUPY_CACHE_DIR:-$scratch/kernels}

needed="msgspec numpy pandas pluggy psutil rich scipy tabulate typer hypothesis pytest google_crc32c"
lacking='import sys; from importlib.util import find_spec; print(*(n for n in sys.argv[1:] if not find_spec(n)))'

tell() { printf '%s\n' "$@" >>"$summary" || failed=1; }
fail() { failed=1 && tell "$@"; }
benchsuite() { "$python" -m benchsuite "$@"; }

# limited SECONDS COMMAND...: in the background, so that a signal ends it with this script, and not after it
limited() {
  timeout --kill-after=20 "$@" &
  child=$!
  wait "$child"
}
ended() {
  [[ -n $child ]] && kill "$child" 2>/dev/null && wait "$child"
  fail "- ended by a signal: what is above is all"
  exit 130
}

# step NAME SECONDS COMMAND...: its result and counts in a line of the summary, what it printed in the run's output
step() {
  local what=$1 limit=$2 code counts
  shift 2
  say "$what"
  limited "$limit" "$@" 2>"$scratch/told"
  code=$?
  cat "$scratch/told" >&2
  counts=$(grep -oE '[0-9]+ (checks|vectors) passed.*' "$scratch/told" | tail -n 1)
  case $code in
    0) tell "- $what: passed${counts:+ ($counts)}" ;;
    124 | 137) tell "- $what: not over within $limit s" ;;
    *) fail "- $what: FAILED (exit code $code${counts:+, $counts})" ;;
  esac
}

# shellcheck disable=SC2086  # a word a module
if ! lacks=$("$python" -c "$lacking" $needed) || [[ -n $lacks ]]; then
  say "$python lacks ${lacks:-everything}: PYTHON=… names an interpreter that has it, WHEELS=… a folder of wheels (docs/how-to.md)"
  exit 2
fi

# where the plugin is installed it is found by its entry point, and must not be named again
installed='import sys; from importlib.metadata import entry_points as all; sys.exit("cuda" not in all(group="benchsuite").names)'
"$python" -c "$installed" && plugin=() || plugin=(--plugin benchsuite_cuda)

: >"$summary" || refuse "nothing can be written to $out: name another folder"
trap ended INT TERM HUP
tell "# $name" ""
found=$("$python" ci/gpu_checks.py --list)
usable=$?
if [[ $usable == 0 ]]; then
  tell "On: $found" ""
  step "checks of every kernel" 60 "$python" ci/gpu_checks.py
  if command -v compute-sanitizer >/dev/null; then
    for tool in memcheck racecheck; do
      step "checks under compute-sanitizer, $tool" 60 \
        compute-sanitizer --tool "$tool" --error-exitcode 1 "$python" ci/gpu_checks.py
    done
  else
    tell "- compute-sanitizer is not here, so the kernels did not run under it"
  fi
  step "published vectors" 90 "$python" -m benchsuite verify --backend cuda "${plugin[@]}"

  # of each kernel one standard size that fills a GPU, in every scope, hot and cold: what runs in 64-bit words
  # or blocks at 8 MiB, copies at 128 MiB too, the longest chains, fused trials
  say "rates and kernels"
  left=$((seconds - SECONDS - 40))
  if ((left < 10)); then
    fail "- rates and kernels: not begun, for MINUTES=$minutes are over"
  else
    limited "$left" "$python" -m benchsuite run --backend cuda "${plugin[@]}" --suite throughput --preset standard \
      --pool hot --pool cold -k "$sizes" --output "$out$name.jsonl" >"$scratch/table"
    code=$? # ended when its time is over: all blocks until then count
    [[ $code == 0 || $code == 124 ]] || fail "- rates and kernels: FAILED (exit code $code)"
    step "run file" 20 "$python" -m benchsuite results validate "$out$name.jsonl"
    tell ""
    benchsuite report "$out$name.jsonl" --format markdown >>"$summary" || failed=1
  fi
elif [[ $usable == 4 ]]; then
  say "$found"
  tell "CUDA cannot be used ($found), so no times: what ran, ran on the emulator." ""
  if [[ -n ${CUDA_VISIBLE_DEVICES-all} ]] && gpus=$(nvidia-smi -L 2>/dev/null) && [[ $gpus == GPU* ]]; then
    fail "- FAILED: there is a GPU, for \`nvidia-smi -L\` lists ${gpus%% (UUID*}"
  fi
  step "checks of every kernel, emulated" 240 "$python" ci/gpu_checks.py --emulated
  step "published vectors, emulated" 240 \
    "$python" -m benchsuite verify --plugin ci/emulated_cuda.py --backend cuda-emulated
else
  fail "- listing of GPUs: FAILED (exit code $usable)"
fi
cat "$summary"
say "summary: $summary"
exit "$failed"
