#!/usr/bin/env bash
# Does what is told by files, in their order: FOLDER/N.told is a script, whose output goes to N.out, and whose status to N.done when it has
# ended. One that ends with & keeps nobody waiting. Until FOLDER/end is there. usage: follower.sh FOLDER
set -euo pipefail
folder=$1 next=1
until [ -e "$folder/end" ]; do
  if [ -e "$folder/$next.told" ]; then
    status=0
    bash "$folder/$next.told" >"$folder/$next.out" 2>&1 </dev/null || status=$?
    printf '%s\n' "$status" >"$folder/$next.ending"
    mv "$folder/$next.ending" "$folder/$next.done"
    next=$((next + 1))
  else
    sleep 0.1
  fi
done
