#!/usr/bin/env bash
# A cmake that is too old is told at once, with what is needed and who has it; one that is new enough is not. Where there is no apt, all that
# is to be installed is told. usage: install_deps_test.sh
set -euo pipefail
install_deps=$(dirname "$0")/../../launch/install-deps
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
# A system without apt, that has this cmake and nothing else to install.
with_cmake() {  # VERSION
  printf '#!/bin/sh\necho "cmake version %s"\n' "$1" >"$work/bin/cmake"
  chmod +x "$work/bin/cmake"
  PATH=$work/bin LATH_SKIP_DEPS=1 bash "$install_deps" >"$work/log" 2>&1
}
mkdir "$work/bin"
for tool in bash sh cat sed sort head dirname; do ln -s "$(command -v "$tool")" "$work/bin/$tool"; done
for version in 3.22.1 3.9.6 2.8.12; do
  ! with_cmake "$version" || fail "cmake $version is taken"
  grep -qF "cmake $version is too old: Lath needs 3.25 or newer" "$work/log" || fail "what is said of cmake $version: $(cat "$work/log")"
  grep -q 'Ubuntu from 24.04 on' "$work/log" || fail 'it is not told who has a newer one'
done
for version in 3.25.1 3.25.0 3.28.3 4.0.2; do with_cmake "$version" || fail "cmake $version is refused: $(cat "$work/log")"; done
# Where there is no apt nothing can be installed: it says what to install, all of it, and that it was not.
status=0
PATH=$work/bin bash "$install_deps" --dev >"$work/log" 2>&1 || status=$?
[ "$status" -eq 1 ] || fail "without apt it ends with status $status"
bash "$install_deps" --dev --list >"$work/list"
[ "$(wc -l <"$work/list")" -gt 30 ] || fail 'the list of packages is short'
while read -r package; do grep -qxF "  $package" "$work/log" || fail "without apt $package is not told"; done <"$work/list"
echo 'install-deps: a cmake that is too old is told, and what to install where there is no apt'
