# shellcheck shell=bash
# For the tests beside this file: a virtual machine with real RDMA verbs, which runs the scripts *_inside.sh on the build as it is. Each
# boots once and does all of its steps there. Sourced; needs BUILD, a build folder.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_dir=$(cd "$here/../.." && pwd)
softroce_vm=$source_dir/launch/softroce-vm
# shellcheck source=launch/surroundings.sh
. "$source_dir/launch/surroundings.sh"
forget_settings

kSkipped=77
skip() {
  printf '\nSKIPPED: no virtual machine with RDMA can be had, so that %s did NOT run over verbs: %s\n\n' "$(basename "$0")" "$*"
  exit "$kSkipped"
}
for program in setpriv flock qemu-system-x86_64 busybox cpio xz rdma ibv_devinfo; do
  command -v "$program" >/dev/null || skip "$program is missing: launch/install-deps --dev"
done
[ -e "${SOFTROCE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/softroce-vm}/package" ] || "$softroce_vm" fetch ||
  skip 'there is no kernel for it: launch/softroce-vm fetch, which needs the network once'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
in_vm() { "$softroce_vm" -t 340 "$@"; }  # softroce-vm's arguments. It takes a third of that where nothing else runs
