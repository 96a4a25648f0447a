#!/usr/bin/env bash
# mpirun's way to the machine of follower.sh, in ssh's place. usage: follower_agent.sh HOST COMMAND...  (the command is one of the shell's)
set -euo pipefail
shift
# shellcheck source=tests/verbs/tell.sh
. "$(dirname "$0")/tell.sh"
# mpirun's daemon there looks for its own way to others, which is this one too.
tell "export PATH=$(printf '%q' "$PATH"); ($*) </dev/null >'$FOLLOWER/daemon.log' 2>&1 &"
