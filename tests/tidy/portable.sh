#!/usr/bin/env bash
# What is installed runs on every machine of its kind: nothing is compiled for the processor that builds it.
# usage: portable.sh COMPILE_COMMANDS_JSON
set -euo pipefail
commands=$1
[ "$(grep -c '"command"' "$commands")" -gt 50 ] || { echo "$commands: hardly a command in it: is this the build's?"; exit 1; }
if grep -oE -- ' -(march|mcpu|mtune)=[^ "]+| -m(sse[34]|avx|fma|bmi)[^ "]*' "$commands" | sort | uniq -c; then
  echo "$commands: compiled for some processors alone, by the flags above"
  exit 1
fi
