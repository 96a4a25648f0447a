#!/usr/bin/env bash
# A cluster on two machines: a node and a client on each, which talk by RDMA, and a third node that has TCP alone; everybody finds the way by
# himself. The link between the machines is cut and restored: either side serves its own, and both agree at the end.
# usage: pair_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/verbs/vm.sh
. "$(dirname "$0")/vm.sh"
mkdir "$work/shared"
# The second machine does what the first tells it to, by files in the shared folder: also while there is no link.
quoted() { printf '%q ' "$@"; }
in_vm -m 1536 -w "$work/shared" --pair "$(quoted "$here/pair_inside.sh" "$BUILD" "$work/shared")" \
  "$(quoted "$here/follower.sh" "$work/shared")"
