#!/usr/bin/env bash
# Who may include whom, as a table (docs/architecture.md explains it). usage: layering.sh [SOURCE_DIR]
# Fails naming each include that the table does not allow, and each file that uses a library outside its room.
set -euo pipefail
cd "${1:-$(dirname "$0")/../..}"

# room (a path prefix of the including file) | rooms it may include, by the path as written in the include
table='
include/lath/|lath/
src/base/|base/ lath/
src/metrics/|metrics/ base/ lath/
transport/|transport/ metrics/ base/ lath/
topology/|topology/ base/ lath/
src/wire/|wire/ base/ lath/
src/transfer/|transfer/ wire/ base/ lath/
src/store/|store/ wire/ base/ lath/
src/replication/|replication/ store/ topology/ wire/ metrics/ base/ lath/
src/shard/shard_loop|shard/ transport/ transfer/ replication/ store/ topology/ wire/ metrics/ base/ lath/
src/shard/|shard/ transfer/ replication/ store/ topology/ wire/ metrics/ base/ lath/
src/control/|control/ replication/ store/ topology/ wire/ metrics/ base/ lath/
src/client/|client/ store/layout.hpp topology/ transport/ transfer/ wire/ metrics/ base/ lath/
src/serving/|serving/ client/ shard/extension.hpp metrics/ base/ lath/
launch/|launch/ control/ client/ shard/ replication/ store/ wire/ topology/ transport/ metrics/ base/ lath/
'

# outside library header (a pattern) | files that may include it (a pattern). What takes long to parse stays out of our own headers.
libraries='
uc[psmt]/|^transport/ucx_
hwloc|^topology/machine
mpi\.h|^(launch/bootstrap_mpi|launch/mpi_steps|launch/c_api/open_mpi|include/lath/lath_mpi\.h)
spdlog/|^src/base/log\.cpp
CLI/|^launch/.*\.cpp$
toml\+\+/|^launch/.*\.cpp$
nlohmann/json\.hpp|^launch/.*\.cpp$
nlohmann/json_fwd\.hpp|^launch/
sodium|^launch/(contact/(crypto|key_file)|cli/operands)
xxhash|^topology/hash
'

bad=0
complain() { printf '%s\n' "$*"; bad=1; }

allowed_for() {
  local file=$1 prefix rooms
  while IFS='|' read -r prefix rooms; do
    [ -n "$prefix" ] || continue
    case "$file" in "$prefix"*) printf '%s\n' "$rooms"; return ;; esac
  done <<<"$table"
  return 1
}

includes() { sed -nE "s/^[[:space:]]*#[[:space:]]*include[[:space:]]*$2([^\"<>]+)$3.*/\\1/p" "$1"; }  # FILE OPENING CLOSING
# Our own headers, however they are included.
own_includes() {
  includes "$1" '"' '"'
  includes "$1" '<' '>' | while IFS= read -r target; do
    if [ -e "$target" ] || [ -e "src/$target" ] || [ -e "include/$target" ]; then printf '%s\n' "$target"; fi
  done
}

checked=0
while IFS= read -r file; do
  rooms=$(allowed_for "$file") || { complain "$file: in no room of the table"; continue; }
  checked=$((checked + 1))
  while IFS= read -r target; do
    [ -n "$target" ] || continue
    ok=false
    for room in $rooms; do case "$target" in "$room"*) ok=true ;; esac; done
    $ok || complain "$file: may not include \"$target\" (allowed: $rooms)"
  done < <(own_includes "$file")
  while IFS= read -r target; do
    [ -n "$target" ] || continue
    while IFS='|' read -r library owners; do
      [ -n "$library" ] || continue
      if [[ $target =~ ^$library ]] && ! [[ $file =~ $owners ]]; then complain "$file: may not include <$target>"; fi
    done <<<"$libraries"
  done < <(includes "$file" '<' '>')
done < <(git ls-files -co --exclude-standard -- include src transport topology launch | grep -E '\.(h|hpp|c|cpp)$')

[ "$checked" -gt 10 ] || complain "only $checked files were found: is this the source tree?"
[ "$bad" -eq 0 ] || exit 1
printf 'layering: %s files hold to the table\n' "$checked"
