#!/usr/bin/env bash
# Installs FFmpeg, which decodes all videos but Motion JPEG in AVI (data.name: video-folder, the tests), as install-package.sh does.
set -euo pipefail

source "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/install-package.sh"
need="Videos are decoded by FFmpeg"
install_package ffmpeg ffmpeg "$need" "$need, and the command 'ffmpeg' is not there. Install it (Fedora, RHEL: dnf install ffmpeg-free)."   # ffprobe comes with it
