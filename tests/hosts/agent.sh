#!/usr/bin/env bash
# mpirun's way to a host of hosts.sh, in ssh's place. usage: agent.sh HOST COMMAND...  (the command is one of the shell's, as ssh takes it)
set -euo pipefail
holder=$(cat "${HOSTS:?is the folder of hosts.sh, with a file for each host}/$1")
shift
exec nsenter -t "$holder" -n -m -i -u sh -c "$*"
