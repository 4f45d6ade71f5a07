#!/usr/bin/env bash
# Installs Open MPI, which several processes need (train --nproc, the tests): on Debian and Ubuntu through apt, elsewhere it says what is missing.
# Does nothing when mpirun is there. PARALLAX_NO_INSTALL=1 only says it.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$@"
  exit 2
}

! command -v mpirun >/dev/null || exit 0

packages="openmpi-bin"   # its library comes with it
command -v apt-get >/dev/null || fail "Training in several processes needs Open MPI 4 or 5, and the command 'mpirun' is not there. Install it (Fedora, RHEL: dnf install openmpi, then module load mpi)."

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || fail "Training in several processes needs Open MPI. Run as root: apt-get install $packages"
  as_root=(sudo)
fi
command="${as_root[*]}${as_root:+ }apt-get install $packages"
[ "${PARALLAX_NO_INSTALL-}" != 1 ] || fail "Training in several processes needs Open MPI. Run: $command"

say "Installing $packages with apt-get${as_root:+ (sudo may ask for your password)} ..."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
install() { "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$packages"; }
if ! { install || { "${as_root[@]}" apt-get update && install; }; } >"$log" 2>&1 </dev/null; then
  tail -n 15 "$log" >&2
  fail "apt-get failed. Run it yourself and try again: $command"
fi
