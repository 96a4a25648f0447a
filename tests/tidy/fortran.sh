#!/usr/bin/env bash
# The Fortran modules are what the C headers say: written from them as they are now, and bound to every symbol that is exported.
# usage: fortran.sh SOURCE_DIR LIBLATH LIBLATH_MPI
set -euo pipefail
source=$1 library=$2 mpi_library=$3 bad=0
cd "$source"
launch/c_api/write-fortran include | diff -u include/lath/lath.f90 - ||
  { echo 'include/lath/lath.f90 is not what the headers give: launch/c_api/write-fortran include >include/lath/lath.f90'; bad=1; }
exported() { nm -D --defined-only "$1" | sed -nE 's/.* T (lath_[a-z0-9_]+)@@.*/\1/p' | sort; }
bound() { tr -d '\n&' <"$1" | grep -oE 'bind\(C, *name="lath_[a-z0-9_]+"' | sed -E 's/.*"(.*)"/\1/' | sort; }
[ "$(bound include/lath/lath.f90 | wc -l)" -gt 180 ] || { echo 'lath.f90 binds fewer functions than there are'; bad=1; }
diff <(exported "$library") <(bound include/lath/lath.f90) || { echo 'lath.f90 (>) does not bind what liblath exports (<)'; bad=1; }
# lath_open_mpi takes a communicator of C's, which Fortran does not have.
diff <(exported "$mpi_library" | grep -vx lath_open_mpi) <(bound include/lath/lath_mpi.f90) || { echo 'lath_mpi.f90 (>) does not bind what liblath_mpi exports (<)'; bad=1; }
awk 'length > 132 {print FILENAME ":" FNR ": over 132 columns"; bad = 1} END {exit bad}' include/lath/*.f90 examples/*.f90 tests/fortran/*.f90 || bad=1
exit "$bad"
