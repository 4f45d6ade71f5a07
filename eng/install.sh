#!/usr/bin/env bash
# Checks for the one thing that has to be there: the .NET SDK. Everything else comes from NuGet when it is built.
# (Open MPI, for training on several processes, is installed by eng/install-mpi.sh when it is first needed.)
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

if ! command -v dotnet >/dev/null; then
  say "The .NET SDK 10 is missing: https://dotnet.microsoft.com/download/dotnet/10.0 (the command 'dotnet' must be found)."
  exit 2
fi
if ! dotnet --list-sdks | grep -qE '^(1[0-9]|[2-9][0-9])\.'; then
  say "The .NET SDK 10 is missing; found: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ' -). Get it from https://dotnet.microsoft.com/download/dotnet/10.0"
  exit 2
fi
