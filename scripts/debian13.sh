#!/usr/bin/env bash
# Builds and tests Glassbox on Debian 13 from any Debian: in a tree of its own, with compiler warnings as errors.
#
#   scripts/debian13.sh                    makes the tree in a temporary folder and removes it in the end (7 GB)
#   scripts/debian13.sh --keep DIR         makes it in DIR, or goes on with what is there, and leaves it
#   scripts/debian13.sh ... -- -R Csv      what follows -- goes to ctest
#
# Needs root, mmdebstrap, and a Debian mirror in apt's lists. GLASSBOX_DATA as for scripts/test.sh. Also parses everything as C++20.
# Takes an hour on two cores. Exit 0 if the tests pass.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
fail() { echo "error: debian13.sh: $*" >&2; exit 2; }
tree=
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) print_help; exit 0 ;;
    --keep)
      [[ -n ${2:-} ]] || fail "--keep: want a folder, got nothing"
      tree=$(realpath -m "$2")
      shift 2 ;;
    --) shift; break ;;
    *) fail "want --keep DIR or -- and words for ctest, got $1" ;;
  esac
done
[[ $(id -u) -eq 0 ]] || fail "want root, to mount and to change the root folder"
command -v mmdebstrap > /dev/null || fail "mmdebstrap is missing; apt-get install mmdebstrap"
data=${GLASSBOX_DATA:-}
[[ -z $data ]] || data=$(realpath "$data")
cd "$(dirname "$0")/.."
[[ -n $data || ! -d ../shared/data ]] || data=$(realpath ../shared/data)

if [[ -z $tree ]]; then
  tree=$(mktemp -d "${TMPDIR:-/var/tmp}/debian13-XXXXXX")
  trap 'rm -rf --one-file-system "$tree"' EXIT  # what is mounted below is mounted for one process alone, and gone with it
fi
if [[ ! -f $tree/etc/debian_version ]]; then
  mirror=$(apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1)
  [[ -n $mirror ]] || fail "apt knows no Debian mirror; apt-get update, or put one into /etc/apt/sources.list.d"
  mmdebstrap --variant=apt --include=ca-certificates trixie "$tree" "$mirror"
fi

# The files of ours, tracked or new; what was copied before and is gone here goes there, too. A build stays for the next time.
mkdir -p "$tree/glassbox" "$tree/data"
find "$tree/glassbox" -mindepth 1 -maxdepth 1 ! -name build ! -name data -exec rm -rf {} +
git ls-files -z --cached --others --exclude-standard | grep -zvxFf <(git ls-files --deleted) |
  tar -c --null --files-from=- | tar -x -C "$tree/glassbox" --no-same-owner

# shellcheck disable=SC2016  # expanded by the inner shell
unshare --mount --pid --fork --kill-child bash -c '
  set -euo pipefail
  tree=$1 data=$2
  shift 2
  mount --make-rprivate /
  mount -t proc proc "$tree/proc"
  mount --rbind /dev "$tree/dev"
  if [[ -n $data ]]; then mount --bind -o ro "$data" "$tree/data"; fi
  exec chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 ${http_proxy:+http_proxy=$http_proxy} \
    CI=true ${data:+GLASSBOX_DATA=/data} bash -c "cd /glassbox && scripts/setup.sh --test && scripts/check_cxx20.sh && scripts/test.sh \"\$@\"" - "$@"
' - "$tree" "$data" "$@"
