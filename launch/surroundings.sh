# shellcheck shell=bash
# For quickstart, tests/run and the shell tests: no setting of the caller's changes what they do, and what they start leaves no shared
# memory behind. Sourced.

# Forgets every LATH_* of the environment but those that are no settings of Lath: of tests/run's tests, and of install-deps.
forget_settings() {
  local name
  for name in "${!LATH_@}"; do
    case "$name" in LATH_SEED | LATH_TORTURE_SECONDS | LATH_SKIP_DEPS) ;; *) unset "$name" ;; esac
  done
}

# This user's shared memory, a line a piece: the files in /dev/shm, and the SysV segments, which are no files. UCX makes both.
shared_memory() {
  find /dev/shm -mindepth 1 -maxdepth 1 -user "$(id -un)" -printf '/dev/shm/%f\n'
  awk -v user="$(id -u)" 'NR > 1 && $10 == user { print "SysV segment " $2 " of pid " $5 }' /proc/sysvipc/shm
}

# shared_memory_left BEFORE: what there is now and was not in BEFORE, which shared_memory has said. Nothing that is in use: a segment
# whose maker lives, or a file that a process has mapped, is of another program that came meanwhile, or will go with it; and that a
# program of ours lives is seen otherwise.
shared_memory_left() {
  local piece
  while IFS= read -r piece; do
    case "$piece" in
      'SysV segment '*) ! runs "${piece##* }" || continue ;;
      *) ! grep -qsF -- " $piece" /proc/[0-9]*/maps || continue ;;
    esac
    printf '%s\n' "$piece"
  done < <(comm -13 <(sort <<<"$1") <(shared_memory | sort))
}

# Whether a process is there and has not ended. Of one outside our pid namespace the kernel says pid 0: that is none of ours.
runs() {
  local state
  [ "$1" -ne 0 ] || return 0
  state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null) || return 1
  [ -n "$state" ] && [ "$state" != Z ]
}
