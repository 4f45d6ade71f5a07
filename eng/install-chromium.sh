#!/usr/bin/env bash
# Installs Chromium, in which tests look at the pages that the program writes, as install-package.sh does.
set -euo pipefail

source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/install-package.sh"
need="Pages are tested in Chromium"
install_package chromium chromium "$need" "$need, and the command 'chromium' is not there. Install it (Fedora, RHEL: dnf install chromium)."
