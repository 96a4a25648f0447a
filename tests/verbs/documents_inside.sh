#!/usr/bin/env bash
# The part of documents_test.sh that runs in the virtual machine: a block of commands, as a user would type them on a laptop that has a
# default route and no RDMA device yet. usage: documents_inside.sh BLOCK
set -euo pipefail
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
rdma link delete rxe0
ip route add default dev eth0
sudo() { "$@"; }
# shellcheck source=/dev/null
. "$1"
