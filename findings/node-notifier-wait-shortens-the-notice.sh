#!/bin/sh
# node-notifier: wait: true shows a notice on Linux for HALF the time, and a line break arrives as "\n" in letters.
#
# A good guess: wait: true ("wait for the user's action") keeps the notice until it is answered; actions: [...] are
#   buttons; a message of two lines has two lines.
# What is so: with notify-send as the backend, wait turns the default of 10 s into 5 s, the actions are dropped without
#   an error, the callback comes at once, and a line break is sent as a backslash and an n.
# For a break timer: peers written in JavaScript promise "snooze" buttons that cannot be there; and for whoever runs
#   `unhunch events --follow` into a script of their own it is the first package that comes to mind.
set -eu
command -v npm >/dev/null || { echo "needs npm"; exit 2; }
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
cd "$bed"
npm install --silent --no-fund --no-audit --prefix "$bed" node-notifier@10.0.1 >/dev/null
mkdir bin
cat >bin/notify-send <<'SH'
#!/bin/sh
printf '[%s] ' "$@" >>"$BED/arguments"
echo >>"$BED/arguments"
SH
chmod +x bin/notify-send
cat >ask.js <<'JS'
const { NotifySend } = require("node-notifier");
const send = (options) => new Promise((done) => new NotifySend().notify(options, done));
(async () => {
  await send({ title: "plain", message: "one" });
  await send({ title: "wait", message: "two\nlines", wait: true, actions: ["Start", "Snooze"] });
})();
JS
BED="$bed" PATH="$bed/bin:$PATH" node ask.js
echo "node-notifier 10.0.1, what notify-send was told:"
cat arguments
echo "expected: [wait] for longer than [plain], with its actions"
grep -q -F '[plain] [one] [--expire-time] [10000]' arguments &&
  grep -q -F '[wait] [two\nlines] [--expire-time] [5000]' arguments && ! grep -q Snooze arguments
