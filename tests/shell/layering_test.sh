#!/usr/bin/env bash
# What the table of the layers forbids is named, in quotes and in angle brackets, and so is a library outside its room. usage:
# layering_test.sh SOURCE_DIR
set -euo pipefail
source_dir=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

cp -r "$source_dir"/{include,src,transport,topology,launch} "$work"
git init -q "$work"
printf '#include <transport/transport.hpp>\n#include <hwloc.h>\n#include <lath/ids.hpp>\n' >>"$work/src/wire/reader.hpp"
printf '#include "transport/transport.hpp"\n' >>"$work/src/wire/writer.hpp"
printf '#include <nlohmann/json.hpp>\n' >>"$work/launch/cli/operands.hpp"
if "$source_dir/tests/tidy/layering.sh" "$work" >"$work/told"; then fail 'includes that the table forbids are let through'; fi
for expected in 'reader.hpp: may not include "transport/transport.hpp"' 'reader.hpp: may not include <hwloc.h>' \
  'writer.hpp: may not include "transport/transport.hpp"' 'operands.hpp: may not include <nlohmann/json.hpp>'; do
  grep -qF "$expected" "$work/told" || fail "not told: $expected; but $(cat "$work/told")"
done
[ "$(wc -l <"$work/told")" -eq 4 ] || fail "more is told than is wrong: $(cat "$work/told")"
echo 'layering: what the table forbids is named'
