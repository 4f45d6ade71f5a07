#!/usr/bin/env bash
# Installs Open MPI, which several processes need (train --nproc, the tests), as install-package.sh does.
set -euo pipefail

source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/install-package.sh"
need="Training in several processes needs Open MPI"
install_package mpirun openmpi-bin "$need" \
  "$need 4 or 5, and the command 'mpirun' is not there. Install it (Fedora, RHEL: dnf install openmpi, then module load mpi)."   # its library comes with it
