#!/usr/bin/env bash
# Checks that includes follow the plan of the house: arrows between the rooms of common/ only go down.
#
#   scripts/check_layers.sh [ROOT]    ROOT: the source tree to check, default this one
#
# Prints each violation as FILE:LINE: what is there, what is wanted; exit 1 if there is one.
set -euo pipefail

print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in -h | --help) print_help; exit 0 ;; esac

root=${1:-$(dirname "$0")/..}
if [[ ! -d $root/common ]]; then
  echo "error: check_layers.sh: want a source tree with common/, got $root" >&2
  exit 2
fi
cd "$root"

folders=()
for folder in common apps tests; do [[ ! -d $folder ]] || folders+=("$folder"); done
mapfile -t files < <(find "${folders[@]}" -name '*.h' -o -name '*.cpp' | sort)

# One line of awk's table a room: the rooms to which its arrows lead, closed transitively.
awk '
BEGIN {
  leans["classify"] = "inside run train data report nets vision cli base"
  leans["run"]      = "train data report cli vision base"
  leans["inside"]   = "train data report vision base"
  leans["train"]    = "data vision base"
  leans["data"]     = "vision base"
  leans["nets"]     = "base"
  leans["vision"]   = "base"
  leans["exercise"] = "cli base"
  leans["cli"]      = "base"
  leans["report"]   = "base"
  leans["base"]     = ""
  bad = 0
}
function complain(want) { printf "%s:%d: %s, want %s\n", FILENAME, FNR, spelled, want; bad++ }
function begins(text, start) { return index(text, start) == 1 }

!/^[ \t]*#[ \t]*include[ \t]*[<"]/ { next }
{
  spelled = $0
  sub(/^[ \t]*#[ \t]*include[ \t]*/, "", spelled)
  quoted = begins(spelled, "\"")
  spelled = quoted ? "\"" substr(spelled, 2, index(substr(spelled, 2), "\"")) : substr(spelled, 1, index(spelled, ">"))
  path = substr(spelled, 2, length(spelled) - 2)
  split(FILENAME, here, "/")
  split(path, there, "/")
  room = here[1] == "common" && here[3] != "" ? here[2] : ""
}

path ~ /(^|\/)\.\.?\// || (quoted && path !~ /^(common|apps|tests)\//) {
  complain("a path from the root, such as \"common/data/loader.h\"")
  next
}
!quoted && path ~ /^(common|apps|tests)\// { complain("quotes: it is ours") }
path == "torch/torch.h" { complain("the narrowest LibTorch header that does, such as <torch/types.h>") }

here[1] == "common" && there[1] ~ /^(apps|tests)$/ { complain("common/ to know no app and no test") }
here[1] == "apps" && (there[1] == "tests" || (there[1] == "apps" && there[2] != here[2])) {
  complain("only common/ and apps/" here[2] "; what two apps share moves down into common/")
}
room ~ /^(base|cli|report)$/ && path ~ /^(torch|ATen|c10|caffe2|opencv2)\// {
  complain("no LibTorch and no OpenCV in common/" room)
}
room == "data" && path ~ /^torch\/nn(\/|\.h)/ { complain("no torch/nn in common/data") }

room != "" && !(room in leans) && !(room in unknown) {
  unknown[room]
  spelled = "room common/" room
  complain("one of the rooms of DESIGN, or an entry for it in scripts/check_layers.sh")
}
room in leans && there[1] == "common" && there[3] != "" && there[2] != room &&
    index(" " leans[room] " ", " " there[2] " ") == 0 {
  complain("common/" room " to include only: " room (leans[room] == "" ? "" : " " leans[room]))
}
END { exit bad > 0 }
' "${files[@]}" /dev/null && echo "layers: ${#files[@]} files, every arrow goes down"
