#!/usr/bin/env bash
# Installs what building and running need: on Debian 12 and 13 through apt, elsewhere it says what is missing.
# PARALLAX_NO_INSTALL=1 only says it, on Debian too.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 2
}

if ! command -v dotnet >/dev/null; then
  fail "The .NET SDK 10 is missing: https://dotnet.microsoft.com/download/dotnet/10.0 (the command 'dotnet' must be found)."
fi
if ! dotnet --list-sdks | grep -qE '^(1[0-9]|[2-9][0-9])\.'; then
  fail "The .NET SDK 10 is missing; found: $(dotnet --list-sdks | cut -d' ' -f1 | paste -sd' ' -). Get it from https://dotnet.microsoft.com/download/dotnet/10.0"
fi
if [ -n "${LIBTORCH-}" ] && [ ! -e "$LIBTORCH/share/cmake/Torch/TorchConfig.cmake" ]; then
  fail "LIBTORCH is $LIBTORCH, but $LIBTORCH/share/cmake/Torch/TorchConfig.cmake does not exist." \
    "Give the folder that holds include/, lib/ and share/, for example the 'torch' folder of a Python installation."
fi

packages=(g++ cmake ninja-build libjpeg62-turbo-dev libspng-dev)
# The system's libtorch runs its matrix products in the system's BLAS; the reference BLAS has one thread and is slow.
# Training on several processes compiles against the headers of Gloo.
[ -n "${LIBTORCH-}" ] || packages+=(libtorch-dev libopenblas-dev libgloo-dev)

id=$(. /etc/os-release 2>/dev/null && printf '%s' "${ID-}" || true)
version=$(. /etc/os-release 2>/dev/null && printf '%s' "${VERSION_ID-}" || true)
if [ "$id" = debian ] && [[ "$version" =~ ^(12|13)$ ]]; then
  missing=()
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || exit 0

  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "Missing packages: ${missing[*]}. Run as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  if [ "${PARALLAX_NO_INSTALL-}" = 1 ]; then
    fail "Missing packages: ${missing[*]}. Run: ${as_root[*]} apt-get install ${missing[*]}"
  fi
  say "Installing ${missing[*]} with apt-get${as_root:+ (sudo may ask for your password)} ..."
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    fail "apt-get failed. Run it yourself and try again: ${as_root[*]} apt-get install ${missing[*]}"
  fi
  exit 0
fi

# Any other system: look for the tools and headers themselves.
lacks=()
command -v c++ >/dev/null || lacks+=("a C++17 compiler (g++ or clang++)")
command -v cmake >/dev/null || lacks+=("cmake 3.18 or later")
command -v ninja >/dev/null || lacks+=("ninja")
has_header() { printf '#include <stdio.h>\n#include <%s>\n' "$1" | c++ -x c++ -fsyntax-only - 2>/dev/null; }
if command -v c++ >/dev/null; then
  has_header jpeglib.h || lacks+=("libjpeg-turbo with headers")
  has_header spng.h || lacks+=("libspng with headers")
  [ -n "${LIBTORCH-}" ] || has_header torch/version.h || lacks+=("libtorch 1.13 or later: unpack it and set LIBTORCH=/path/to/libtorch")
fi
if [ ${#lacks[@]} -gt 0 ]; then
  say "Parallax installs what it needs on Debian 12 and 13. This is ${id:-an unknown system} $version; please install:"
  for item in "${lacks[@]}"; do say "  - $item"; done
  exit 2
fi
