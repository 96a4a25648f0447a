#!/usr/bin/env bash
# lath.3 names every function that the public C headers declare, and no name of lath_* or LATH_* that they do not know.
# usage: man_functions.sh INCLUDE_DIR MAN_DIR
set -euo pipefail
headers=("$1"/lath/*.h) page=$2/lath.3 bad=0

declared=$(cat "${headers[@]}" | tr '\n' ' ' | grep -oE 'LATH_API [^;(]*[ *]lath_[a-z0-9_]+\(' |
  sed -E 's/.*[ *](lath_[a-z0-9_]+)\(/\1/' | sort -u)
[ "$(wc -l <<<"$declared")" -gt 100 ] || { echo 'the headers declare hardly a function: this test looks wrongly'; bad=1; }
types=$(sed -nE 's/^(typedef|\}).*[ *](lath_[a-z0-9_]+);.*/\2/p' "${headers[@]}" | sort -u)
constants=$(grep -ohE '\bLATH_[A-Z0-9_]+\b' "${headers[@]}" | sort -u)

# The page without what it names of files and of the library and module lath_mpi. A font's escape ends a word: \fBlath_get\fR.
text=$(sed -E 's/\\f[A-Z]/ /g; s,lath/lath[a-z_]*\.(h|hpp|f90),,g; s/lath_[a-z]+\.h\b//g; s/\blath_mpi\b//g' "$page")
named=$(grep -oE '\blath_[a-z0-9_]*[a-z0-9]\b' <<<"$text" | sort -u)
diff <(printf '%s\n' "$declared") <(comm -23 <(printf '%s\n' "$named") <(printf '%s\n' "$types")) ||
  { echo 'lath.3: the headers (<) and the page (>) differ by the functions above'; bad=1; }
unknown=$(comm -13 <(printf '%s\n' "$constants") <(grep -oE '\bLATH_[A-Z0-9_]*[A-Z0-9]\b' <<<"$text" | sort -u))
[ -z "$unknown" ] || { printf 'lath.3: no header knows %s\n' "$unknown"; bad=1; }
exit "$bad"
