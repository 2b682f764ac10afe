#!/bin/sh
# Another Debian in a folder: for running the tests, or desktops that this machine's own Debian does not have.
#   debian_root.sh make ROOT SUITE [PACKAGE...]  Debian SUITE (trixie, sid) in the folder ROOT, or more packages for it
#   debian_root.sh in ROOT COMMAND...            run COMMAND there, in the folder where you are now
# Needs root, and the package mmdebstrap for "make". Removing it is: rm -r ROOT.
#
# COMMAND sees this checkout where it lies, with a .venv that belongs to ROOT. Its processes, its /tmp, /run and /dev are
# its own: whatever it leaves running or mounted is gone when it ends, so that there is nothing to tidy up.
set -eu

usage() {
    sed -n '2,4s/^# //p' "$0" >&2
    exit 2
}
[ $# -ge 3 ] || usage
self=$(realpath "$0") here=$(cd "$(dirname "$0")/.." && pwd -P)
do=$1 root=$(realpath -m "$2")
shift 2

mirror() { # the one that this machine's own packages come from
    apt-get indextargets --format '$(ORIGIN) $(SITE)' 'Created-By: Packages' | sed -n 's/^Debian //p' | head -n 1
}

tree() { # the mounts of a private /, made in a mount namespace of its own
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    mount -t tmpfs -o mode=755 dev "$root/dev"
    for node in null:3 zero:5 full:7 random:8 urandom:9; do
        mknod -m 666 "$root/dev/${node%:*}" c 1 "${node#*:}"
    done
    mknod -m 666 "$root/dev/tty" c 5 0
    mkdir "$root/dev/pts" "$root/dev/shm"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
    mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
    ln -s pts/ptmx "$root/dev/ptmx"
    ln -s /proc/self/fd "$root/dev/fd"
    ln -s fd/0 "$root/dev/stdin" && ln -s fd/1 "$root/dev/stdout" && ln -s fd/2 "$root/dev/stderr"
    mount -t tmpfs -o mode=1777 tmp "$root/tmp"
    mount -t tmpfs -o mode=755 run "$root/run"
    mkdir -p "$root$here" "$here/.venv" "$root/var/lib/unhunch-venv"
    mount --bind "$here" "$root$here"
    mount --bind "$root/var/lib/unhunch-venv" "$root$here/.venv"
    # How this machine reaches the package indexes: its resolver, whom it trusts, and where pip looks.
    for path in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt /etc/pip.conf "$HOME/.config/pip/pip.conf"; do
        [ -e "$path" ] || continue
        mkdir -p "$root$(dirname "$path")"
        cp -L "$path" "$root$path"
    done
}

case $do in
make)
    suite=$1
    shift
    if [ ! -x "$root/bin/sh" ]; then
        # A mirror that stands still is too old for apt unless it was told otherwise, as this machine's may have been.
        mmdebstrap --quiet --mode=root --variant=minbase --include=ca-certificates \
            --aptopt="$(apt-config dump | grep -E '^Acquire::Check-(Valid-Until|Date) ' || :)" \
            "$suite" "$root" "$(mirror)"
    fi
    [ $# = 0 ] || "$self" in "$root" sh -c \
        'apt-get update -q && exec apt-get install -y -q --no-install-recommends "$@"' install "$@"
    ;;
in)
    # Its own process numbers: they all end with the command.
    exec unshare --mount --pid --fork --kill-child "$self" _start "$root" "$PWD" "$@"
    ;;
_start)
    folder=$1
    shift
    tree
    cd "$root"
    pivot_root . .  # not only chroot, in which a browser may not make its sandbox
    umount -l .
    cd "$folder" 2>/dev/null || cd /
    # Not by exec: this shell is the first process there, and reaps what COMMAND's children leave behind.
    env DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 HOME=/root \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
    ;;
*) usage ;;
esac
