#!/usr/bin/env bash
# eng/publish.sh DIR: everything that runs without an SDK, for another machine with the same libtorch (or another one named by LIBTORCH at build time).
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
source "$root/eng/build.sh"
[ $# -eq 1 ] || { say "Usage: eng/publish.sh DIR"; exit 2; }

build_once run "$root/eng/run.proj"
dotnet publish "$root/host/Parallax.Host.csproj" -c Release -r linux-x64 --self-contained -o "$1" -v quiet -nologo </dev/null
mkdir -p "$1/plugins"
cp -r "$root"/artifacts/bin/Parallax.Host/release/plugins/. "$1/plugins/"
cp -r "$root/recipes" "$1/"
say "Run it with $1/Parallax.Host"
