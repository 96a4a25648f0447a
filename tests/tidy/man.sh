#!/usr/bin/env bash
# The man pages tell what --help tells: of lathd every flag, of lath every command and the flags of each; and no flag that is not there.
# usage: man.sh LATH LATHD MAN_DIR
set -euo pipefail
lath=$1 lathd=$2 man=$3 bad=0

flags_of() { sed -nE 's/^ +(-[a-zA-Z],)?(--[a-z][a-z-]*).*/\2/p' | grep -vx -e --help | sort -u; }
commands_of() { sed -n '/^Subcommands:/,$p' | sed -nE 's/^  ([a-z][a-z-]*).*/\1/p'; }
plain() { sed -E 's/^\.[A-Z]+ //; s/\\f[A-Z]//g; s/\\-/-/g; s/"//g; s/\|/ /g' "$1"; }
man_flags() { plain "$1" | grep -oE -- '(^|[^a-z-])--[a-z][a-z-]*' | grep -oE -- '--[a-z-]+' | sort -u; }

# Every command, and each of its own, with their flags.
all_of_lath() {
  local command inner
  "$lath" --help
  for command in $("$lath" --help | commands_of); do
    "$lath" "$command" --help
    for inner in $("$lath" "$command" --help | commands_of); do "$lath" "$command" "$inner" --help; done
  done
}
# compare PAGE FLAGS FOREIGN...: the page names just these, and may name those of other programs.
compare() {
  local page=$1 flags=$2 named
  shift 2
  [ "$(wc -l <<<"$flags")" -gt 3 ] || { echo "$page: --help lists hardly a flag: this test looks wrongly"; bad=1; }
  named=$(man_flags "$man/$page" | grep -vx -f <(printf -- '%s\n' --help "$@") || true)
  diff <(printf '%s\n' "$flags") <(printf '%s\n' "$named") || { echo "$page: --help (<) and the page (>) differ by the flags above"; bad=1; }
}
compare lathd.1 "$("$lathd" --help | flags_of)" --bind-to --map-by --enable-recovery
compare lath.1 "$(all_of_lath | flags_of)"

page=$(plain "$man/lath.1")
for command in $("$lath" --help | commands_of); do
  grep -qE "(^|[ ,])$command([ ,]|$)" <<<"$page" || { echo "lath.1: the command '$command' is not told"; bad=1; }
  for inner in $("$lath" "$command" --help | commands_of); do
    grep -qE "(^|[ ,])$inner([ ,]|$)" <<<"$page" || { echo "lath.1: '$command $inner' is not told"; bad=1; }
  done
done
exit "$bad"
