#!/usr/bin/env bash
# The contract of transports, over rc_verbs of a real RDMA device: no shared memory, no TCP. The device's counters show that it was the way.
# usage: contract_test.sh BUILD_DIR
set -euo pipefail
BUILD=$1
# shellcheck source=tests/verbs/vm.sh
. "$(dirname "$0")/vm.sh"
in_vm -m 2048 -- "$here/contract_inside.sh" "$BUILD"
