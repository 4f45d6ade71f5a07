#!/usr/bin/env bash
# Compiles contracts, parts and plugins against the real TorchSharp instead of our engine: eng/check-torchsharp.sh PATH_TO/TorchSharp.dll
# The package (0.105 to 0.107) is not in every registry, so this takes a local assembly and is no part of the tests.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
[ -f "${1-}" ] || { echo "usage: eng/check-torchsharp.sh PATH_TO/TorchSharp.dll; '${1-}' is no file." >&2; exit 2; }
assembly=$(readlink -f -- "$1")

for project in "$root"/plugins/*/*.csproj; do   # each builds contracts and parts with it
  echo "$(basename "$project" .csproj)"
  dotnet build "$project" -c Release -v quiet -nologo -p:TorchSharpAssembly="$assembly" -p:ArtifactsPath="$root/artifacts/torchsharp"
done
echo "Everything compiles against $assembly"
