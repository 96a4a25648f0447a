#!/usr/bin/env bash
# The part of contract_test.sh that runs in the virtual machine. usage: contract_inside.sh BUILD_DIR
set -euo pipefail
export LATH_CONTRACT_VERBS=1 UCX_MEM_EVENTS=n
program=$1/tests/contract/test_contract
kTestsMin=30  # of those over verbs: fewer, and the filter has missed some

fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
count() { rdma statistic show link rxe0/1 | grep -oE "$1 [0-9]+" | cut -d' ' -f2; }  # COUNTER
sent=$(count sent_pkts)
tests=$("$program" --gtest_list_tests --gtest_filter='UcxVerbs/*' | grep -c '^  ')
[ "$tests" -ge "$kTestsMin" ] || fail "there are only $tests tests over verbs"
"$program" --gtest_brief=1 --gtest_filter='UcxVerbs/*' || fail "the contract does not hold over verbs ($SECONDS s)"
grew=$(($(count sent_pkts) - sent))
[ "$grew" -ge 10000 ] || fail "rxe0 has sent $grew packets: it was not the way of the tests"
echo "verbs: $tests tests of the contract over rc_verbs, $grew packets of rxe0 ($SECONDS s)"
