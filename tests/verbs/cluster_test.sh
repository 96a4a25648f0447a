#!/usr/bin/env bash
# Two nodes and their clients over rc_verbs alone: every type is written and read, merged by both nodes, read by RDMA; a large tensor crosses;
# a node that is killed is noticed, and the other goes on. usage: cluster_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/verbs/vm.sh
. "$(dirname "$0")/vm.sh"
in_vm -m 2048 -- "$here/cluster_inside.sh" "$BUILD"
