# shellcheck shell=bash
# Has follower.sh do something. Sourced; FOLLOWER is its folder.
: "${FOLLOWER:?is the folder of follower.sh}"

# tell TEXT: waits until it is done, within 90 s; its output, and its status.
tell() {
  local number=1 status
  while ! (set -o noclobber && : >"$FOLLOWER/$number.taken") 2>/dev/null; do number=$((number + 1)); done
  printf '%s\n' "$1" >"$FOLLOWER/$number.telling"
  mv "$FOLLOWER/$number.telling" "$FOLLOWER/$number.told"
  for _ in $(seq 900); do
    [ ! -e "$FOLLOWER/$number.done" ] || break
    sleep 0.1
  done
  status=$(cat "$FOLLOWER/$number.done") || return 1
  cat "$FOLLOWER/$number.out"
  return "$status"
}
