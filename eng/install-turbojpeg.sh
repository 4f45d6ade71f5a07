#!/usr/bin/env bash
# Installs libjpeg-turbo's library, which decodes JPEG faster than what comes with the program, as install-package.sh does. Only tests need it.
set -euo pipefail

source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/install-package.sh"
need="The faster of two JPEG decoders is in libjpeg-turbo"
package=libturbojpeg0
if grep -q '^ID=ubuntu$' /etc/os-release 2>/dev/null; then package=libturbojpeg; fi
install_package libturbojpeg.so.0 "$package" "$need" "$need, and libturbojpeg.so.0 is not there. Install it (Fedora, RHEL: dnf install turbojpeg)."
