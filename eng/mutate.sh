#!/usr/bin/env bash
# eng/mutate.sh [--jobs N] [LIST ...]: puts one-line faults into copies of the last commit, one at a time, and counts those that the tests notice.
# Every list in eng/mutations is taken unless some are named. A line of a list: FILE :: TEXT :: FAULT :: TESTS PATTERN
#   FILE   of the repository; TEXT is in it exactly once and becomes FAULT
#   TESTS  the program that should notice (contracts, goldens, host, plugins, torch); its classes that match PATTERN run first, then all the others until one fails
# Exit code 1 when a fault passed everything, or a line of a list is out of date.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
jobs=1
if [ "${1-}" = --jobs ]; then jobs=$2; shift 2; fi
lists=("$@")
[ ${#lists[@]} -gt 0 ] || lists=("$root"/eng/mutations/*.txt)

folder=$(mktemp -d)
copies=()
tidy() {
  for copy in "${copies[@]}"; do git -C "$root" worktree remove --force "$copy"; done
  rm -rf "$folder"
}
trap tidy EXIT
export OMP_NUM_THREADS=1
programs=(plugins host torch goldens contracts)

name_of() { printf 'Parallax.%s.Tests' "${1^}"; }

# project_of COPY FILE: the project that the file belongs to.
project_of() {
  local folder; folder=$(dirname "$1/$2")
  until compgen -G "$folder/*.csproj"; do folder=$(dirname "$folder"); done
}

# spread COPY LIBRARY: puts a library to every place where it lies, beside everything that was built with it.
spread() { find "$1/artifacts/bin" -name "$(basename "$2")" -not -samefile "$2" -exec cp "$2" {} ';'; }

# build COPY PROJECT: that project alone. Warnings are no errors here, since a fault may leave something unused.
build() {
  local name; name=$(basename "$2" .csproj)
  dotnet build "$2" --no-restore -c Release -v quiet -nologo -nodeReuse:false -p:TreatWarningsAsErrors=false -p:BuildProjectReferences=false || return
  spread "$1" "$1/artifacts/obj/$name/release/$name.dll"
}

# passes COPY TESTS [ARGUMENT ...]: a program that hangs has noticed too.
passes() {
  local copy=$1 name; name=$(name_of "$2")
  (cd "$copy" && timeout 1200 dotnet "artifacts/bin/$name/release/$name.dll" -noLogo -noColor "${@:3}" </dev/null)
}

# notice COPY PROJECT TESTS PATTERN: prints who notices the fault that is in a project of COPY.
notice() {
  local copy=$1 first=$3 pattern=$4 tests log="$1.log"
  build "$copy" "$2" >"$log" 2>&1 || { printf 'does not compile'; return; }
  passes "$copy" "$first" -class "$pattern" >"$log" 2>&1 || { printf '%s %s' "$first" "$(grep -m1 -oE '[A-Za-z0-9_]+\.[A-Za-z0-9_]+[^ ]* .*\[FAIL\]|[A-Za-z0-9_.]+\(.*\[FAIL\]|[A-Za-z0-9_.]+ \[FAIL\]' "$log" | tr -d '\n' || printf '(ended)')"; return; }
  for tests in "$first" "${programs[@]}"; do
    passes "$copy" "$tests" >"$log" 2>&1 || { printf '%s, outside %s: %s' "$tests" "$pattern" "$(grep -m1 '\[FAIL\]' "$log" | xargs || printf '(ended)')"; return; }
  done
}

# worker NUMBER: every jobs-th line, each put back afterwards.
worker() {
  local copy="$folder/$1" number=0 file old new tests pattern rest content without by project library
  dotnet build "$copy/Framework.sln" -c Release -v quiet -nologo -nodeReuse:false >"$copy.log" 2>&1
  while IFS= read -r line; do
    number=$((number + 1))
    [ $((number % jobs)) -eq "$1" ] || continue
    file=${line%% :: *} rest=${line#* :: }
    old=${rest%% :: *} rest=${rest#* :: }
    new=${rest%% :: *} rest=${rest#* :: }
    tests=${rest%% *} pattern=${rest#* }
    content=$(cat "$copy/$file" && printf .) || { printf 'out of date: no file %s\n' "$file"; continue; }
    content=${content%.} without=${content//"$old"/}
    if [ $((${#content} - ${#without})) -ne ${#old} ]; then printf "out of date: '%s' is not once in %s\n" "$old" "$file"; continue; fi
    printf '%s' "${content/"$old"/"$new"}" >"$copy/$file"
    project=$(project_of "$copy" "$file") library=$(basename "$project" .csproj).dll
    [ -f "$copy.$library" ] || cp "$copy/artifacts/obj/${library%.dll}/release/$library" "$copy.$library"
    by=$(notice "$copy" "$project" "$tests" "$pattern")
    git -C "$copy" checkout -q -- "$file"
    spread "$copy" "$copy.$library"
    case $by in
      '') printf 'PASSED    %s: %s  ->  %s\n' "$file" "$old" "$new" ;;
      'does not compile') printf 'out of date: %s does not compile with %s\n' "$file" "$new" ;;
      *) printf 'noticed   %s: %s  ->  %s   by %s\n' "$file" "$old" "$new" "$by" ;;
    esac
  done < <(grep -hvE '^ *(#|$)' "${lists[@]}")
}

for ((number = 0; number < jobs; number++)); do
  copies+=("$folder/$number")
  git -C "$root" worktree add -q --detach "$folder/$number" HEAD
done

results="$folder/results"
for ((number = 0; number < jobs; number++)); do worker "$number" | tee -a "$results" & done
wait
noticed=$(grep -c '^noticed' "$results" || true) passed=$(grep -c '^PASSED' "$results" || true) stale=$(grep -c '^out of date' "$results" || true)
printf '\n%s of %s faults noticed, %s passed everything; %s lines out of date\n' "$noticed" $((noticed + passed)) "$passed" "$stale"
[ $((passed + stale)) -eq 0 ]
