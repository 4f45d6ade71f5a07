#!/usr/bin/env bash
# eng/publish.sh DIR: everything that runs where no SDK is: program, runtime, plugins, recipes, libtorch.
# Torch=cuda eng/publish.sh DIR takes the libtorch for NVIDIA GPUs; Torch=none none, the machine's own is then named by LIBTORCH.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
source "$root/eng/build.sh"
[ $# -eq 1 ] || { say "Usage: eng/publish.sh DIR"; exit 2; }

build_once run "$root/eng/run.proj"
dotnet publish "$root/host/Parallax.Host.csproj" -c Release -r linux-x64 --self-contained -o "$1" -v quiet -nologo </dev/null
mkdir -p "$1/plugins" "$1/torch"
cp -r "$root"/artifacts/bin/Parallax.Host/release/plugins/. "$1/plugins/"
cp -r "$root/recipes" "$1/"
cp "$root/artifacts/torch/${Torch-cpu}/." -r "$1/torch/"
say "Run it with $1/Parallax.Host"
