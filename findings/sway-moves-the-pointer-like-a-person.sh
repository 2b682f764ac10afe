#!/bin/sh
# sway: the command "seat - cursor move 0 0" ends idleness, as if a person had come back.
#
# A good guess: idle time is about input devices; a command over sway's own socket is none, least of all one that moves
#   the pointer by nothing.
# What is so: every "cursor move" and "cursor set" tells the compositor's idle timers of activity. swayidle runs its
#   resume command at each.
# For a break timer: scripts that park the pointer (key bindings, a wiggler, "focus follows" helpers) make an empty desk
#   look used; no event of the idle protocol tells the difference.
set -eu
for command in sway swaymsg swayidle setpriv; do
  command -v $command >/dev/null || { echo "needs $command (Debian: sway swayidle util-linux)"; exit 2; }
done
bed=$(mktemp -d); sway=; idle=
trap 'for process in $idle $sway; do kill $process; done; wait; rm -rf "$bed"' EXIT
start_sway() {  # sway refuses to be root
  chmod 755 "$bed"; mkdir "$bed/run"; chmod 700 "$bed/run"
  if [ "$(id -u)" = 0 ]; then chown nobody "$bed/run"; set -- setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; fi
  export XDG_RUNTIME_DIR="$bed/run" HOME="$bed/run" WLR_BACKENDS=headless WLR_LIBINPUT_NO_DEVICES=1 WLR_RENDERER=pixman
  "$@" >"$bed/sway.log" 2>&1 & sway=$!
  for _ in $(seq 100); do
    for socket in "$bed"/run/wayland-?; do [ -S "$socket" ] && export WAYLAND_DISPLAY="${socket##*/}"; done
    for socket in "$bed"/run/sway-ipc.*; do [ -S "$socket" ] && export SWAYSOCK="$socket" && return; done
    sleep 0.1
  done
}
start_sway sway -c /dev/null
swayidle -w timeout 1 'echo idle' resume 'echo resumed' >"$bed/idle" 2>/dev/null & idle=$!
sleep 2.5
before=$(paste -sd' ' "$bed/idle")
swaymsg -q seat - cursor move 0 0
sleep 0.5
after=$(paste -sd' ' "$bed/idle")
sway --version
echo "what swayidle has told before and after 'cursor move 0 0', nobody touching anything"
echo "expected: idle, then idle"
echo "seen:     $before, then $after"
[ "$before" = idle ] && [ "$after" = "idle resumed" ]
