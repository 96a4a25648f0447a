#!/usr/bin/env bash
# Where RDMA is asked for and cannot be had, there is one error, which says what to do, and nothing hangs. usage: refusals_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/verbs/vm.sh
. "$(dirname "$0")/vm.sh"
in_vm -- "$here/refusals_inside.sh" "$BUILD"
