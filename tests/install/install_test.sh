#!/usr/bin/env bash
# An installed tree serves a stranger: pkg-config, find_package, headers, man pages, and programs that run from it.
# usage: install_test.sh BUILD_DIR SOURCE_DIR
set -euo pipefail
build=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix="$work/a prefix"
cmake --install "$build" --prefix "$prefix" >"$work/install.log" || { cat "$work/install.log"; exit 1; }
library_dir=$(dirname "$(find "$prefix" -name liblath.so -print -quit)")
export PKG_CONFIG_PATH=$library_dir/pkgconfig LD_LIBRARY_PATH=$library_dir
fail() { printf 'install: %s\n' "$*"; exit 1; }

for file in bin/lath bin/lathd include/lath/lath.h include/lath/lath.hpp include/lath/lath_mpi.h \
  include/lath/lath.f90 include/lath/lath_mpi.f90 share/man/man1/lath.1 \
  share/man/man1/lathd.1 share/man/man3/lath.3 share/man/man7/lath.7; do
  [ -e "$prefix/$file" ] || fail "$file is missing"
done
[ ! -e "$prefix/include/lath/limits.hpp" ] || fail 'an internal header was installed'

# pkg-config quotes the space in the prefix with a backslash, which a shell has to read.
eval "cc -std=c11 -o '$work/hello' '$source/examples/hello.c' $(pkg-config --cflags --libs lath)"
"$work/hello" | grep -qx 'greeting = hello, lattice' || fail 'hello, by pkg-config, did not say its greeting'
[ "$(pkg-config --modversion lath_mpi)" = "$("$prefix/bin/lath" --version)" ] || fail 'lath_mpi.pc and lath disagree on the version'

# An MPI program, as lath(3) says to.
cat >"$work/ranks.c" <<'C'
#include <lath/lath_mpi.h>
#include <mpi.h>
int main(int argc, char** argv) {
  lath_store* store = NULL;
  MPI_Init(&argc, &argv);
  const lath_status status = lath_open_mpi(MPI_COMM_WORLD, NULL, &store);
  if (status != LATH_OK || lath_close(store) != LATH_OK) return 1;
  return MPI_Finalize();
}
C
eval "mpicc -std=c11 -Wall -Wextra -Werror -o '$work/ranks' '$work/ranks.c' $(pkg-config --cflags --libs lath_mpi)" || fail 'lath_mpi.pc does not serve mpicc'
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
timeout 60 mpirun -n 1 "$work/ranks" || fail "an MPI program by lath_mpi.pc ended with status $?"

# The program of README.md, as it stands there but for where the store is.
# shellcheck disable=SC2016  # the marks of a block of code
sed -n '/^```c$/,/^```$/{/^```/d;s/file:demo.json/embedded:/;p}' "$source/README.md" >"$work/readme.c"
eval "cc -std=c11 -Wall -Wextra -Werror -o '$work/readme' '$work/readme.c' $(pkg-config --cflags --libs lath)"
[ "$("$work/readme")" = '1 steps' ] || fail 'the program of README.md does not count its steps'

# The program at the head of lath.hpp, under the warnings that a careful C++ project has on; the headers as the project's own, so that they warn too.
{
  printf '#include <cstdio>\n#include <cstdint>\n'
  sed -n 's|^//   \(#include.*\)|\1|p' "$prefix/include/lath/lath.hpp"
  printf 'int main() {\n'
  sed -n '/^#pragma once/q; /#include/d; s|^//   ||p' "$prefix/include/lath/lath.hpp" | sed '/^session->call/,$d; s/file:demo.json/embedded:/'
  printf 'const std::uint64_t patience = LATH_SECONDS(2.5);\nstd::printf("%%d s\\n", static_cast<int>(patience / 1000000000));\n}\n'
} >"$work/face.cpp"
for compiler in g++ clang++; do
  command -v "$compiler" >/dev/null || continue
  eval "$compiler -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wold-style-cast -Wshadow -Werror -o '$work/face' '$work/face.cpp'" \
    "-I'$prefix/include' $(pkg-config --libs lath)" >"$work/face.log" 2>&1 || { cat "$work/face.log"; fail "the program of lath.hpp does not compile with $compiler"; }
  [ "$("$work/face" 2>>"$work/face.log")" = $'1\n2 s' ] || fail 'the program of lath.hpp does not run'
done

# As the man page says to, where there is a Fortran compiler (tests/fortran has the calls).
if command -v gfortran >/dev/null; then
  cat >"$work/app.f90" <<'FORTRAN'
program app
  use lath
  type(lath_store) :: store
  if (lath_open('embedded:', store=store) /= LATH_OK) error stop 1
  if (lath_close(store) /= LATH_OK) error stop 1
  print '(a)', lath_version()
end program
FORTRAN
  (cd "$work" && gfortran -c "$prefix/include/lath/lath.f90" && eval "gfortran app.f90 lath.o -o app $(pkg-config --libs lath)") ||
    fail 'the installed Fortran module does not compile'
  [ "$("$work/app" 2>"$work/app.log")" = "$(pkg-config --modversion lath)" ] || fail 'a Fortran program does not run'
fi

mkdir "$work/consumer"
# The CMakeLists.txt of README.md, as it stands there; then with the other target, which brings MPI and lath with it.
# shellcheck disable=SC2016  # the marks of a block of code
sed -n '/^```cmake$/,/^```$/{/^```/d;p}' "$source/README.md" >"$work/consumer/CMakeLists.txt"
cp "$source/examples/hello.c" "$work/consumer/app.c"
build_consumer() {
  { cmake -S "$work/consumer" -B "$work/consumer/build" -DCMAKE_PREFIX_PATH="$prefix" && cmake --build "$work/consumer/build"; } \
    >"$work/consumer.log" 2>&1 || { cat "$work/consumer.log"; fail "find_package(lath) does not serve: $1"; }
}
build_consumer lath::lath
"$work/consumer/build/app" | grep -qx 'greeting = hello, lattice' || fail 'hello, by find_package, did not say its greeting'
sed -i 's/lath::lath\b/lath::lath_mpi/' "$work/consumer/CMakeLists.txt"
cat >"$work/consumer/app.c" <<'APP'
#include <lath/lath.h>
#include <lath/lath_mpi.h>
#include <stdio.h>
int main(void) {
  int initialized = 1;
  MPI_Initialized(&initialized);
  printf("%d %d %s\n", initialized, lath_open_mpi(MPI_COMM_SELF, NULL, NULL) == LATH_OK, lath_version());
}
APP
build_consumer lath::lath_mpi
[ "$("$work/consumer/build/app")" = "0 0 $("$prefix/bin/lath" --version)" ] || fail 'a program of lath::lath_mpi does not run'

"$prefix/bin/lathd" --print-config | grep -q '^shards' || fail 'lathd --print-config does not run from the installed tree'
for page in "$prefix"/share/man/man*/*; do
  complaints=$(MANWIDTH=80 LC_ALL=C man --warnings -l "$page" 2>&1 >/dev/null | grep -v locale || true)
  [ -z "$complaints" ] || fail "$page: $complaints"
done
printf 'install: serves by pkg-config and by find_package\n'
