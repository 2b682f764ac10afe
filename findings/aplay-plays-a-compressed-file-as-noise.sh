#!/bin/sh
# aplay: a file in Opus, Ogg Vorbis or FLAC is played as if its bytes were samples, with exit code 0.
#
# A good guess: a player that does not know a format refuses it, so a program can try one player after the other.
# What is so: whatever does not begin like a WAV, VOC or Sun file is "raw data" to aplay: 8 bits, 8,000 a second, one
#   channel. A person hears hiss at full level for as long as the file has bytes; the caller is told that all went well.
# For a break timer that speaks: aplay is what every small desktop has, and a fallback only for WAV. Its exit code
#   tells nothing about what was heard.
set -eu
command -v aplay >/dev/null && command -v sox >/dev/null && command -v opusenc >/dev/null ||
  { echo "needs aplay, sox and opusenc (Debian: alsa-utils sox opus-tools)"; exit 2; }
bed=$(mktemp -d); trap 'rm -rf "$bed"' EXIT
aplay --version
printf 'pcm.nobody { type null }\n' >"$bed/asound.conf"
sox -n -r 48000 -b 16 -c 1 "$bed/tone.wav" synth 2 sine 440 gain -20
opusenc --quiet "$bed/tone.wav" "$bed/tone.opus"
sox "$bed/tone.wav" "$bed/tone.flac"
changed=0
for name in tone.wav tone.opus tone.flac; do
  code=0
  said=$(ALSA_CONFIG_PATH="$bed/asound.conf" timeout 60 aplay -D nobody "$bed/$name" 2>&1) || code=$?
  echo "$name: exit code $code, $said" | sed "s|$bed/||"
  case $name:$code:$said in
  tone.wav:0:*WAVE*) ;;
  tone.opus:0:*"raw data"*"Unsigned 8 bit"* | tone.flac:0:*"raw data"*"Unsigned 8 bit"*) ;;
  *) changed=1 ;;
  esac
done
echo "expected: the two others are refused, as no WAV file"
exit $changed
