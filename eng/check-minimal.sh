#!/usr/bin/env bash
# eng/check-minimal.sh SUITE [COMMAND...]: clones the committed state into a bare Debian (bookworm, trixie) that has the .NET SDK and nothing to compile with,
# and runs a command there ('./parallax demo' unless given). Not part of the tests: it takes minutes, needs root, debootstrap, and a Debian mirror.
# ROOT names a folder to keep the bare system in (default: a new one, deleted afterwards); what is there already is used.
set -euo pipefail

top=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
say() { printf '%s\n' "$*" >&2; }

suite=${1-}
case "$suite" in
  bookworm) packages=libssl3,libicu72 ;;
  trixie) packages=libssl3t64,libicu76 ;;
  *) say "Usage: eng/check-minimal.sh bookworm|trixie [COMMAND...]"; exit 2 ;;
esac
shift
[ $# -gt 0 ] || set -- ./parallax demo
[ "$(id -u)" -eq 0 ] || { say "This makes a system in a folder and enters it, which only root can do."; exit 2; }
command -v debootstrap >/dev/null || { say "debootstrap is missing: apt-get install debootstrap"; exit 2; }

keep=${ROOT-}
root=${ROOT:-$(mktemp -d)}
sdk=$(dirname -- "$(readlink -f -- "$(command -v dotnet)")")
if [ ! -e "$root/etc/debian_version" ]; then
  debootstrap --variant=minbase --include="ca-certificates,git,zlib1g,libstdc++6,libgcc-s1,tzdata,$packages" "$suite" "$root" >/dev/null
fi
[ -e "$root/usr/share/dotnet" ] || { cp -r "$sdk" "$root/usr/share/dotnet" && ln -sf /usr/share/dotnet/dotnet "$root/usr/bin/dotnet"; }
# How this machine reaches package sources: its names, certificates and NuGet settings.
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
cp -r /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/" 2>/dev/null || true
chroot "$root" update-ca-certificates >/dev/null 2>&1 || true
home=/srv/check   # of the user inside
mkdir -p "$root$home/.nuget"
if [ -e "${HOME-}/.nuget/NuGet" ]; then cp -r "$HOME/.nuget/NuGet" "$root$home/.nuget/"; fi

for tool in g++ gcc cc cmake ninja python3 mpirun; do
  if chroot "$root" sh -c "command -v $tool" >/dev/null; then say "$tool is installed in $root: this is no bare system."; exit 2; fi
done
if find "$root/usr/lib" "$root/usr/local/lib" -name 'libtorch*' -o -name 'libopenblas*' -o -name 'libgomp*' | grep -q .; then say "There is a libtorch or BLAS in $root: this is no bare system."; exit 2; fi

rm -rf "$root$home/parallax" && git clone --quiet --no-hardlinks "$top" "$root$home/parallax"
code=0
# Mounts and processes end with the command.
TARGET=$root HOME=$home unshare --mount --pid --fork --kill-child --propagation private bash -euo pipefail -c '
  mount -t proc proc "$TARGET/proc"; mount --rbind /sys "$TARGET/sys"; mount --rbind /dev "$TARGET/dev"
  exec chroot "$TARGET" /usr/bin/env -i HOME="$HOME" LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    NUGET_CERT_REVOCATION_MODE="${NUGET_CERT_REVOCATION_MODE-online}" bash -c "cd ~/parallax && exec \"\$@\"" _ "$@"
' _ "$@" </dev/null || code=$?
du -sh "$root$home/parallax/artifacts" >&2 || true
say "Exit code $code in $(. "$root/etc/os-release" && printf '%s' "$PRETTY_NAME")."
[ -n "$keep" ] || rm -rf "$root"
exit "$code"
