#!/usr/bin/env bash
# Every function of lath.f90 and lath_mpi.f90 is called by a test or an example: the specific ones, so that a generic name that was
# called with text alone does not pass. Read from what the compiler made of the calls, since only it knows which specific one it took.
# usage: calls_everything.sh SOURCE_DIR OBJECT...     the objects of the tests and examples, and none of the modules
set -euo pipefail
modules=("$1/include/lath/lath.f90" "$1/include/lath/lath_mpi.f90")
shift
# After `contains` is what Fortran implements; before it are the bindings to C, each of which one of these calls.
declared() { awk '/^contains/ {inside = 1} /^module/ {inside = 0} inside' "${modules[@]}" | sed -nE 's/^  (pure )?function (lath_[a-z0-9_]+)\(.*/\2/p' | sort -u; }
# gfortran's name of what a module has is __lath_MOD_lath_put_text, flang's _QMlathPlath_put_text, ifx's lath_mp_lath_put_text_.
called() { nm "$@" | sed -nE 's/^ +U (__lath(_mpi)?_MOD_|_QMlath(_mpi)?P|lath(_mpi)?_mp_)(lath_[a-z0-9_]*[a-z0-9])_?$/\5/p' | sort -u; }
count=$(declared | wc -l)
[ "$count" -gt 230 ] || { echo "there are only $count functions in the modules; are they written in another way?"; exit 1; }
missing=$(comm -23 <(declared) <(called "$@"))
[ -z "$missing" ] || { echo 'no Fortran test calls (add it to tests/fortran):'; echo "$missing"; exit 1; }
echo "all $count functions are called"
