#!/usr/bin/env bash
# What a machine or a user may lack gives one clear error: descriptors, room in files, HOME, a folder to write, threads of lathd and of lath.
# (small_disk and few_segments have shared memory.) usage: process_limits_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/shell/cluster.sh
. "$(dirname "$0")/../shell/cluster.sh"
# shellcheck source=tests/shell/refuses.sh
. "$(dirname "$0")/../shell/refuses.sh"

(ulimit -n 32 && refuses 'ulimit -n' -- lathd --shards 2 --cluster-file "$work/few.json")
(ulimit -f 2000 && refuses 'File too large' 'ulimit -f' -- lathd --shards 1 --cluster-file "$work/small.json")
(ulimit -f 2000 && refuses LATH_E_IO 'File too large' 'ulimit -f' -- lath --store embedded: get k)
(ulimit -f 2000 && lath doctor >"$work/doctor.log" 2>&1) && fail 'lath doctor takes a file size limit of 2 MB for none'
grep -q 'file size limit.*too little' "$work/doctor.log" || fail 'lath doctor does not name the file size limit'
[ ! -e "$work/few.json.key" ] || fail 'a start that failed left its key file'
env -u HOME LC_ALL=xx_YY.bogus LANG=de_DE.UTF-8 lath --store embedded: put k v || fail 'an odd environment'

# stays FOLDER COMMAND...: a node whose folder is closed while it serves says which files it could not remove at its end.
stays() {
  local folder=$1
  shift
  "$@" --shards 1 --memory 64MiB --cluster-file "$folder/stays.json" >"$work/stays.log" 2>&1 &
  local node=$!
  cluster_pids+=("$node")
  await 30 is_ready "$folder/stays.json" "$node" || fail 'the node was not ready'
  [ "$(id -u)" -ne 0 ] || chown 0 "$folder"
  chmod 555 "$folder"
  stop_nodes "$node" || fail "the node whose folder was closed ended with status $?"
  for file in stays.json stays.json.key; do
    grep -qF "stays: cannot remove '$folder/$file': Permission denied" "$work/stays.log" || fail "that $file stays is not told"
  done
  chmod 755 "$folder"
}

theirs() { { ps -u 65534 -L --no-headers || true; } | wc -l; }
# under THREADS: sets `under`, a command for the other user, who may have so many more threads than there are.
under() { under=(prlimit --nproc=$(($(theirs) + $1)) "${other_user[@]}"); }

# From none of its own up to where all are there, which only ends by our signal.
limit_threads_of_lathd() {
  local threads status=0 refused=0
  for threads in 1 2 3 4 5 6 7 8 9; do
    under "$threads" && status=0
    timeout --preserve-status 4 "${under[@]}" "$work/ro/lathd" --shards 2 --memory 64MiB --cluster-file "$work/theirs/few.json" \
      >"$work/threads.log" 2>&1 || status=$?
    [ "$status" -lt 128 ] || fail "with $threads threads lathd died of a signal ($status)"
    [ "$status" -ne 0 ] || break
    grep -q 'ulimit -u' "$work/threads.log" || fail "with $threads threads lathd does not name the limit"
    [ ! -e "$work/theirs/few.json.key" ] || fail "with $threads threads lathd left its key file"
    refused=$((refused + 1))
  done
  [ "$refused" -ge 2 ] || fail "a limit of threads stopped lathd $refused times"
  [ "$status" -eq 0 ] || fail "lathd does not come up with $threads threads either"
}

# It is the client's own lack, of which the cluster file is not suspected.
limit_threads_of_lath() {
  local threads status=0 refused=0 node
  "${other_user[@]}" "$work/ro/lathd" --shards 1 --memory 64MiB --cluster-file "$work/theirs/one.json" >"$work/one.log" 2>&1 &
  node=$!
  cluster_pids+=("$node")
  await 30 is_ready "$work/theirs/one.json" "$node" || fail 'the node was not ready'
  for threads in 1 2 3 4 5 6; do
    under "$threads" && status=0
    timeout 20 "${under[@]}" "$work/ro/lath" --cluster-file "$work/theirs/one.json" put k v >"$work/threads.log" 2>&1 || status=$?
    [ "$status" -ne 0 ] || break
    [ "$status" -eq 1 ] || fail "with $threads threads lath gives status $status"
    grep -q 'ulimit -u.*LATH_E_IO' "$work/threads.log" || fail "with $threads threads lath does not name the limit"
    ! grep -q stale "$work/threads.log" || fail "with $threads threads lath suspects the cluster file"
    refused=$((refused + 1))
  done
  [ "$refused" -ge 1 ] || fail 'no limit of threads stopped lath'
  [ "$status" -eq 0 ] || fail "lath does not work with $threads threads either"
  stop_nodes "$node" || fail "the node ended with status $?"
}

# A folder that this user may not write: root may write any, and is another user for this.
mkdir "$work/ro"
if [ "$(id -u)" -eq 0 ]; then
  cp "$BUILD/launch/lathd" "$BUILD/launch/lath" "$work/ro/"  # the build's folder may be closed to others
  chmod 755 "$work" "$work/ro"
  other_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  "${other_user[@]}" "$work/ro/lathd" --version >"$work/version.log" 2>&1 || fail "another user cannot run lathd: $(cat "$work/version.log")"
  refuses "$work/ro/x.json" 'this user' -- "${other_user[@]}" "$work/ro/lathd" --shards 1 --memory 64MiB --cluster-file "$work/ro/x.json"
  mkdir "$work/theirs" && chown 65534 "$work/theirs"
  limit_threads_of_lathd
  limit_threads_of_lath
  stays "$work/theirs" "${other_user[@]}" "$work/ro/lathd"
  chmod 700 "$work"
else
  chmod 555 "$work/ro"
  refuses "$work/ro/x.json" 'this user' -- lathd --shards 1 --memory 64MiB --cluster-file "$work/ro/x.json"
  chmod 755 "$work/ro"
  stays "$work/ro" lathd
fi
