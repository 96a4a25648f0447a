#!/usr/bin/env bash
# The modulefiles of an installed tree, loaded by Lmod, which reads both: every folder that they name is there, what is in it is found,
# and unloading leaves the environment as it was. usage: modulefile_test.sh BUILD_DIR
set -euo pipefail
build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'modulefile: %s\n' "$*" >&2; exit 1; }
lmod=/usr/share/lmod/lmod/libexec/lmod
[ -x "$lmod" ] || { printf '\nSKIPPED: there is no Lmod, so that no modulefile was loaded: launch/install-deps --dev\n\n'; exit 77; }

prefix="$work/a prefix"
cmake --install "$build" --prefix "$prefix" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
folder=$prefix/share/lath/modulefiles
version=$("$prefix/bin/lath" --version)
for file in "$version" "$version.lua"; do [ -e "$folder/lath/$file" ] || fail "$file was not installed"; done
! grep -rn '@' "$folder" || fail 'a place was not filled in'
for job in service beside embedded; do [ -x "$prefix/share/lath/slurm/$job.sbatch" ] || fail "$job.sbatch was not installed"; done
mkdir -p "$work/lua/lath" "$work/tcl/lath" "$work/home"
cp "$folder/lath/$version.lua" "$work/lua/lath"
cp "$folder/lath/$version" "$work/tcl/lath"

variables=(PATH LD_LIBRARY_PATH PKG_CONFIG_PATH CMAKE_PREFIX_PATH)
for variable in "${variables[@]}"; do [ "$variable" = PATH ] || unset "$variable"; done
unset MODULEPATH LOADEDMODULES _LMFILES_ LMOD_SYSTEM_DEFAULT_MODULES "${!LATH_@}"
export HOME=$work/home LMOD_CMD=$lmod LMOD_DIR=${lmod%/*}  # of a user who has loaded nothing
path=/usr/local/bin:/usr/bin:/bin  # nothing twice: Lmod would drop the second
cmake=$(command -v cmake)
PATH=$path
for kind in lua tcl; do
  export MODULEPATH=$work/$kind
  module() { "$lmod" bash "$@" 2>"$work/module.log" >"$work/module.sh" || fail "module $*: $(cat "$work/module.log")"; eval "$(cat "$work/module.sh")"; }
  module load lath
  [ ! -s "$work/module.log" ] || fail "$kind: $(cat "$work/module.log")"
  [ "${LOADEDMODULES:-}" = "lath/$version" ] || fail "$kind: loaded is '${LOADEDMODULES:-}'"
  for variable in "${variables[@]}"; do
    first=${!variable:-}
    first=${first%%:*}
    [[ $first == "$prefix"* ]] || fail "$kind: $variable begins with '$first'"
    [ -d "$first" ] || fail "$kind: $variable names '$first', which was not installed"
  done
  set_by_it=$(compgen -v LATH_ || true)
  [ -z "$set_by_it" ] || fail "$kind: sets $set_by_it, which lathd takes for settings"
  [ "$(command -v lathd)" = "$prefix/bin/lathd" ] || fail "$kind: lathd is not found"
  [ "$(pkg-config --modversion lath lath_mpi | sort -u)" = "$version" ] || fail "$kind: pkg-config does not find the libraries"
  [ -e "${LD_LIBRARY_PATH%%:*}/liblath.so" ] || fail "$kind: LD_LIBRARY_PATH does not lead to liblath.so"
  [ -n "$(find "$CMAKE_PREFIX_PATH"/lib* -name lathConfig.cmake)" ] || fail "$kind: CMAKE_PREFIX_PATH does not lead to the package"
  module help lath
  grep -q 'a lattice store on every core' "$work/module.log" || fail "$kind: no help"
  module unload lath
  [ "$PATH" = "$path" ] || fail "$kind: PATH is left as $PATH"
  for variable in "${variables[@]:1}"; do [ -z "${!variable:-}" ] || fail "$kind: $variable is left as ${!variable}"; done
done

# A staged tree names where it will be.
DESTDIR=$work/stage "$cmake" --install "$build" --prefix /opt/lath >"$work/install.log" || { cat "$work/install.log"; exit 1; }
grep -q '"/opt/lath"' "$work/stage/opt/lath/share/lath/modulefiles/lath/$version.lua" || fail 'a staged modulefile does not name its prefix'
echo 'modulefile: loaded and unloaded, in Lua and in Tcl'
