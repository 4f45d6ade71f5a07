#!/usr/bin/env bash
# Compiles the shim against Debian 13's libtorch 2.6 and runs the engine tests on it, in a minimal root beside the system.
# Needs root (chroot, bind mounts), apt's access to a Debian mirror, about 3 GB of disk; not part of CI.
# usage: eng/check-libtorch-2.6.sh [ROOT]     ROOT defaults to ~/.cache/parallax/trixie and is reused
set -euo pipefail

repository=$(cd "$(dirname "$0")/.." && pwd)
root=$(realpath -m "${1:-$HOME/.cache/parallax/trixie}")
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
packages=(libtorch-dev libgloo-dev libopenblas-dev g++ cmake ninja-build bash coreutils grep sed libc-bin libjpeg62-turbo libspng0 zlib1g)
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")

[ "$(id -u)" = 0 ] || { echo "Run as root: the check uses chroot and bind mounts." >&2; exit 1; }

if [ ! -e "$root/.unpacked" ]; then
    state=$root.apt
    mkdir -p "$root" "$state"/{lists/partial,cache/archives/partial,etc/preferences.d}
    : > "$state/status"
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    for trixie in /usr/share/keyrings/debian-archive-trixie-stable.gpg; do [ -e "$trixie" ] && keyring=$trixie; done
    echo "deb [signed-by=$keyring] $mirror trixie main" > "$state/sources.list"
    options=(-o Dir::State="$state" -o Dir::State::lists="$state/lists" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache"
        -o Dir::Etc="$state/etc" -o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=- -o APT::Architecture=amd64
        -o APT::Install-Recommends=false -o Debug::NoLocking=true -o APT::Sandbox::User=root)
    apt-get -q "${options[@]}" update
    apt-get -q -y "${options[@]}" --download-only install "${packages[@]}"
    mkdir -p "$root"/usr/{bin,sbin,lib,lib64}
    for link in bin sbin lib lib64; do ln -sfn "usr/$link" "$root/$link"; done
    for archive in "$state"/cache/archives/*.deb; do dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$root" --keep-directory-symlink; done
    # What maintainer scripts and alternatives would have set up.
    ln -sfn bash "$root/usr/bin/sh"
    ln -sfn g++ "$root/usr/bin/c++"
    ln -sfn gcc "$root/usr/bin/cc"
    blas=$root/usr/lib/x86_64-linux-gnu
    ln -sfn openblas-pthread/libblas.so.3 "$blas/libblas.so.3"
    ln -sfn openblas-pthread/liblapack.so.3 "$blas/liblapack.so.3"
    ln -sfn openblas-pthread/libopenblas.so.0 "$blas/libopenblas.so.0"
    mkdir -p "$root"/{proc,dev,tmp,opt/dotnet,repository,etc,root}
    chroot "$root" /sbin/ldconfig
    rm -rf "$state/cache"
    touch "$root/.unpacked"
fi

dotnet build "$repository/tests/engine/Parallax.Engine.Tests.csproj" -v q -nologo

# A private mount namespace: the binds vanish with it, whatever happens.
ROOT=$root REPOSITORY=$repository DOTNET=$dotnet unshare --mount bash -euo pipefail <<'INSIDE'
mount --bind "$REPOSITORY" "$ROOT/repository"
mount -o remount,bind,ro "$ROOT/repository"
mount --bind "$DOTNET" "$ROOT/opt/dotnet"
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
chroot "$ROOT" /usr/bin/env -i HOME=/tmp PATH=/usr/bin:/usr/sbin DOTNET_ROOT=/opt/dotnet OMP_NUM_THREADS=1 PARALLAX_NATIVE=/tmp/shim/libparallax_torch.so bash -euo pipefail -c '
    cmake -G Ninja -Wno-dev -S /repository/engine/native -B /tmp/shim > /tmp/configure.log 2>&1 || { cat /tmp/configure.log; exit 1; }
    cmake --build /tmp/shim
    /opt/dotnet/dotnet /repository/artifacts/bin/Parallax.Engine.Tests/release/Parallax.Engine.Tests.dll'
INSIDE
