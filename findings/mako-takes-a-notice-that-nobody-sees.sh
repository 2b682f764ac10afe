#!/bin/sh
# mako: in a do-not-disturb mode a notice gets an id and is listed among the shown ones; no signal tells of the mode.
#
# A good guess: do-not-disturb can be heard of on the bus (dunst, Plasma, swaync do), or a hidden notice is answered in
#   a way that can be told from a shown one.
# What is so (mako 1.7): Notify answers with an ordinary id, "makoctl list" has the notice with the others, switching
#   the mode sends no signal and there is no property; only the method ListModes tells. When the mode is left, the old
#   notice comes up as if it were new. GetServerInformation gives the version "0.0.0", so that no table can go by it.
# For a break timer: a ladder of reminders is used up unseen. Ask ListModes just before each notice.
set -eu
for command in sway mako makoctl notify-send gdbus busctl dbus-run-session setpriv; do
  command -v $command >/dev/null || { echo "needs $command (Debian: sway mako-notifier libnotify-bin libglib2.0-bin systemd dbus-daemon)"; exit 2; }
done
bed=$(mktemp -d); sway=
trap '[ -z "$sway" ] || kill $sway; wait; rm -rf "$bed"' EXIT
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
cat >"$bed/bus.conf" <<XML
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir=$bed</listen><policy context="default"><allow user="*"/><allow own="*"/>
<allow send_destination="*"/><allow send_type="method_call"/><allow receive_sender="*"/></policy></busconfig>
XML
printf '[mode=do-not-disturb]\ninvisible=1\n' >"$bed/mako.conf"
cat >"$bed/ask.sh" <<'SH'
set -eu
N=org.freedesktop.Notifications
mako -c "$BED/mako.conf" & mako=$!
until gdbus call --session -d $N -o /org/freedesktop/Notifications -m $N.GetServerInformation >"$BED/version" 2>/dev/null; do sleep 0.2; done
gdbus monitor --session -d $N >"$BED/heard" & monitor=$!
until grep -q owned "$BED/heard"; do sleep 0.1; done
makoctl mode -a do-not-disturb >/dev/null
notify-send -p 'Stand up' >"$BED/id"
makoctl list | grep -c 'Stand up' >"$BED/listed"
busctl --user call $N /fr/emersion/Mako fr.emersion.Mako ListModes >"$BED/modes"
sleep 0.5
kill $monitor $mako
SH
BED="$bed" timeout 60 dbus-run-session --config-file="$bed/bus.conf" -- sh "$bed/ask.sh" 2>"$bed/log" || true
signals=$(grep -c '^/' "$bed/heard" || true)
seen="id $(cat "$bed/id"), listed $(cat "$bed/listed"), signals $signals, modes $(cat "$bed/modes")"
dpkg-query -W -f '${Package} ${Version}\n' mako-notifier 2>/dev/null || true
cat "$bed/version"
echo "expected: id 0 or not listed, or a signal when the mode changes"
echo "seen:     $seen"
[ "$seen" = 'id 1, listed 1, signals 0, modes as 2 "default" "do-not-disturb"' ] && grep -q 0.0.0 "$bed/version"
