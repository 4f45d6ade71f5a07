#!/usr/bin/env bash
# parallax test [FILTER ...]: builds everything, runs every test project (arguments go to each, for example -class '*Recipe*'); the last line counts.
# Without a filter the performance gate runs too: its own short test, and the counts of the critical paths, one test each.
# parallax test --goldens DIR: compares only the reference results in DIR.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
source "$root/eng/build.sh"

goldens="$root/artifacts/bin/Parallax.Goldens.Tests/release/Parallax.Goldens.Tests.dll"
if [ "${1-}" = --goldens ]; then
  [ -d "${2-}" ] || { say "--goldens takes a folder of reference results; '${2-}' is none."; exit 2; }
  folder=$(cd -- "$2" && pwd)
  build_once goldens "$root/tests/goldens/Parallax.Goldens.Tests.csproj"
  exec dotnet "$goldens" --goldens "$folder" "${@:3}"
fi

build_once all "$root/Framework.sln"
"$root/eng/install-mpi.sh"   # tests of several processes start them through Open MPI
"$root/eng/install-ffmpeg.sh" || say "Tests of videos that FFmpeg decodes are skipped."
"$root/eng/install-turbojpeg.sh" || say "Tests of the faster JPEG decoder are skipped."
"$root/eng/install-chromium.sh" || say "Tests of pages in a browser are skipped."
logs="$root/artifacts/test-logs"
rm -rf "$logs"
mkdir -p "$logs"

# Torch would take every core for each of the projects that run at the same time.
export OMP_NUM_THREADS=1 logs

run_project() {
  local dll=$1 name code=0
  name=$(basename "$dll" .dll)
  dotnet "$dll" -noLogo -noColor "${@:2}" >"$logs/$name.log" 2>&1 </dev/null || code=$?
  printf '%s' "$code" >"$logs/$name.code"
  printf '%-28s %s\n' "$name" "$(grep -oE 'Total: .*' "$logs/$name.log" | tail -n 1 || true)"
}
export -f run_project

projects=()
while IFS= read -r project; do
  dll="$root/artifacts/bin/$(basename "$project" .csproj)/release/$(basename "$project" .csproj).dll"
  projects+=("$dll")
done < <(find "$root/tests" -name '*.Tests.csproj' | sort)
printf '%s\0' "${projects[@]}" | xargs -0 -P 2 -I{} bash -c 'run_project "$@"' _ {} "$@"

passed=0 failed=0 skipped=0
for dll in "${projects[@]}"; do
  name=$(basename "$dll" .dll)
  summary=$(grep -oE 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$logs/$name.log" | tail -n 1 || true)
  read -r total errors bad left <<<"$(printf '%s' "${summary:-0 0 0 0}" | grep -oE '[0-9]+' | paste -sd' ')"
  code=$(cat "$logs/$name.code")
  # A project that ended without a summary, or badly with a clean one, counts as one failure.
  if [ "$code" -ne 0 ] && [ $((errors + bad)) -eq 0 ]; then bad=1 total=$((total + 1)); fi
  passed=$((passed + total - errors - bad - left)) failed=$((failed + errors + bad)) skipped=$((skipped + left))
  if [ $((errors + bad)) -gt 0 ]; then
    printf '\n%s (exit code %s; everything is in %s):\n' "$name" "$code" "$logs/$name.log"
    grep -A 12 -E '\[FAIL\]' "$logs/$name.log" || tail -n 30 "$logs/$name.log"
  fi
  grep -E '\[SKIP\]' -A 1 "$logs/$name.log" || true
done

# gate NAME ARGUMENT ...: passes when the gate does; inconclusive is no pass.
gate() {
  local log="$logs/$1.log" code=0
  dotnet "$root/artifacts/bin/Parallax.Benchmarks/release/Parallax.Benchmarks.dll" "${@:2}" >"$log" 2>&1 </dev/null || code=$?
  printf '%-28s exit code %s\n' "$1" "$code"
  if [ "$code" -eq 0 ]; then passed=$((passed + 1)); return; fi
  failed=$((failed + 1))
  printf '\nparallax bench %s (everything is in %s):\n' "${*:2}" "$log"
  tail -n 40 "$log"
}
if [ $# -eq 0 ]; then
  gate gate-self-test --self-test --short
  gate gate-counts --check --counts
fi

printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
