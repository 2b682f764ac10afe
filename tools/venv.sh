#!/bin/sh
# Makes .venv and installs Unhunch into it. "venv.sh run" for using it, "venv.sh test" for working on it.
# Needs no root and no compiler; with CI=true every package is the one that constraints.txt names, by its hash.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
python=${PYTHON:-python3}
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1

stop() { # what happened, what it means, what to type
    printf '\n%s\n%s\n%s\n\n' "$1" "$2" "$3" >&2
    exit 1
}

command -v "$python" >/dev/null 2>&1 ||
    stop "There is no program $python here." "Unhunch is written in Python and needs 3.11 or later." \
        "On Debian and Ubuntu: apt-get install python3 python3-venv; or name yours: make PYTHON=/path/to/python3.12 ..."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    stop "$python is $("$python" --version 2>&1)." "Unhunch needs Python 3.11 or later." \
        "Name a later one: make PYTHON=python3.12 ..."
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    stop "$python has no module venv (or ensurepip)." "It cannot make the folder .venv that Unhunch is installed into." \
        "On Debian and Ubuntu: apt-get install python3-venv; then the same make again."

here=$(pwd -P)
if ! .venv/bin/python -c '' 2>/dev/null || [ "$(cat .venv/.made-in 2>/dev/null || echo "$here")" != "$here" ]; then
    "$python" -m venv --clear .venv
fi
pip() { .venv/bin/python -m pip "$@"; }

log=.venv/install.log
offline() {
    tail -n 3 "$log" >&2
    stop "Installing Unhunch's libraries into .venv failed (all of it: $log)." \
        "Most often there is no way to the package index: no network, a proxy, or a mirror that lacks a package." \
        "See what '.venv/bin/pip download rich' says; once it works, the same make again."
}

if [ "$kind" = test ] && [ "${CI:-}" = true ]; then
    echo "Installing exactly what constraints.txt names into .venv ..."
    pip install -q --require-hashes -r constraints.txt >"$log" 2>&1 || offline
    pip install -q --no-deps --no-build-isolation -e . >>"$log" 2>&1 || offline
else
    what=.
    [ "$kind" = test ] && what='.[test]'
    echo "Installing Unhunch into .venv (once; about half a minute) ..."
    pip install -q -e "$what" >"$log" 2>&1 || offline
    # pynput needs evdev, which has to be compiled but is only used to type keys, which Unhunch never does.
    if ! pip install -q 'pynput>=1.8,<2' >>"$log" 2>&1; then
        if pip install -q --no-deps 'pynput>=1.8,<2' >>"$log" 2>&1 && pip install -q six >>"$log" 2>&1; then
            echo "pynput is installed without evdev, which could not be compiled here; Unhunch does not need it."
        else
            echo "pynput could not be installed; Unhunch works without it (X11, Mutter and Wayland tell more)."
        fi
        echo "To have it whole, on Debian and Ubuntu: apt-get install gcc python3-dev; rm -r .venv; then make again."
    fi
fi
printf '%s\n' "$here" >.venv/.made-in
