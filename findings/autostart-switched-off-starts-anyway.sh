#!/bin/sh
# systemd's autostart generator and dex start an entry that X-GNOME-Autostart-enabled=false has switched off.
#
# A good guess: the key that Cinnamon's and older GNOME's dialogs write when a person unticks a program at login
#   is respected by whatever else reads ~/.config/autostart.
# What is so: gnome-session reads it; systemd's generator (Plasma, and other sessions of systemd's) and dex (sway,
#   labwc, i3) do not, and start the program. Only Hidden=true stops it in all of them. The generator in turn drops
#   every entry with an X-GNOME-Autostart-Phase, which dex starts.
# For a break timer: whoever was switched off in one desktop comes back in the next one. To stay away it takes
#   Hidden=true or no file at all; "is it switched off?" cannot be read from one key.
set -eu
generator=/usr/lib/systemd/user-generators/systemd-xdg-autostart-generator
[ -x $generator ] && command -v dex >/dev/null ||
  { echo "needs systemd's autostart generator and dex (Debian: systemd dex)"; exit 2; }
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
dpkg-query -W -f '${Package} ${Version}\n' systemd dex
mkdir -p "$bed/config/autostart" "$bed/none" "$bed/units"
entry() { # NAME LINE
  printf '[Desktop Entry]\nType=Application\nName=%s\nExec=/bin/echo %s\n%s\n' "$1" "$1" "$2" >"$bed/config/autostart/$1.desktop"
}
entry plain 'Comment=Nothing is special here'
entry unticked 'X-GNOME-Autostart-enabled=false'
entry phase 'X-GNOME-Autostart-Phase=Applications'
entry hidden 'Hidden=true'
export XDG_CONFIG_HOME="$bed/config" XDG_CONFIG_DIRS="$bed/none" XDG_CURRENT_DESKTOP=sway
$generator "$bed/units" "$bed/units" "$bed/units" 2>/dev/null
systemd=$(sed -n 's|^ExecStart=:*/bin/echo ||p' "$bed/units"/*.service | sort | xargs)
dex=$(dex --autostart --environment sway --dry-run 2>&1 | sed -n 's|.*/bin/echo ||p' | sort | xargs)
echo "expected: plain and phase, from both"
echo "seen:     systemd starts: $systemd"
echo "          dex starts:     $dex"
[ "$systemd" = "plain unticked" ] && [ "$dex" = "phase plain unticked" ]
