# Sourced by the launcher and the test script. Expects $root: the top folder of the repository.
# Messages go to stderr: stdout belongs to the program that is run.

# Programs that are started without a home folder (a service, a container) still need one for packages.
if [ ! -w "${HOME:-/nonexistent}" ]; then
  export HOME="$root/artifacts/home"
  mkdir -p "$HOME"
fi
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false

say() { printf '%s\n' "$*" >&2; }

# build_once STAMP PROJECT: builds a project in Release unless nothing has changed since the last time.
build_once() {
  local stamp="$root/artifacts/stamps/$1" project=$2 log="$root/artifacts/build-$1.log"
  is_current "$stamp" && return

  mkdir -p "$root/artifacts/stamps"
  exec 9>"$root/artifacts/stamps/lock"
  flock 9   # two calls at once: the second waits and finds everything built
  if ! is_current "$stamp"; then
    "$root/eng/install.sh"
    local started="$stamp.started"
    built_for >"$started"   # written before the build: what changes during it is built again
    if [ -e "$stamp" ]; then say "Building what has changed ..."; else say "Building (the first time takes a few minutes) ..."; fi
    # The log is a file, not our output: compiler servers outlive the build and would keep a pipe open, or the lock.
    if ! dotnet build "$project" -c Release -v quiet -nologo -nodeReuse:false >"$log" 2>&1 </dev/null 9>&-; then
      grep -E ' error |error:' "$log" | sort -u | head -n 40 >&2 || tail -n 40 "$log" >&2
      say "The build failed. Everything it said is in $log"
      exit 1
    fi
    mv "$started" "$stamp"
  fi
  exec 9>&-
}

# What a build depends on beside its sources: where it lies (programs know the folder of the native libraries), and which libtorch was asked for (Torch=cpu|cuda|none).
built_for() { printf '%s %s' "$root" "${Torch-cpu}"; }

# is_current STAMP: built for the same, and no source file or folder is newer. Folders change when a file is removed.
is_current() {
  [ -e "$1" ] && [ "$(cat "$1")" = "$(built_for)" ] && [ -e "$root/artifacts/torch/${Torch-cpu}/libLibTorchSharp.so" ] || return 1
  local newer
  newer=$(find "$root/contracts" "$root/torch" "$root/host" "$root/plugins" "$root/recipes" "$root/eng" "$root/tests" "$root/benchmarks" "$root"/Directory.* "$root/global.json" \
    \( -name bin -o -name obj -o -name __pycache__ \) -prune -o -newer "$1" -print -quit 2>/dev/null)
  [ -z "$newer" ]
}
