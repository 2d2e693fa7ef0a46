#!/usr/bin/env bash
# Fetches data sets into data/NAME; every file must have a checksum that scripts/data.sha256 names (CIFAR: see
# scripts/data_cifar.sh).
#
#   scripts/data.sh NAME... [--from DIR] [--to DIR]    all-embedded: everything that Debian's archive holds
#   scripts/data.sh --list                             the names, what they are and where they come from
#
# --from DIR  takes the files (or the .deb packages that hold them) from DIR, DIR/NAME; nothing is downloaded
# --to DIR    the folder that gets NAME/, instead of data/ of this source tree
#
# What is there already and right is not fetched again; only CIFAR's files in DIR replace others that are there (the
# official ones the JPEG copies). Of Debian's packages only the data files are unpacked; nothing is installed. A file with
# a wrong checksum replaces nothing: exit 2.
set -euo pipefail

fail() { echo "error: $*" >&2; exit 2; }
print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }

root=$(cd "$(dirname "$0")/.." && pwd)
sums=$root/scripts/data.sha256
to=$root/data
from=
names=()

# name|what|origin|licence: the answer to --list, and the SOURCE.txt of each folder.
catalogue() {
  cat << 'END'
digits|5,000 handwritten digits, 20x20, one sheet (0.7 MB)|OpenCV samples/data, from Debian's package opencv-doc|Apache-2.0, the OpenCV authors
digits8x8|1,797 handwritten digits, 8x8 (60 kB)|UCI "Optical Recognition of Handwritten Digits" (Alpaydin, Kaynak 1998), from Debian's package python3-sklearn|CC BY 4.0; scikit-learn's copy BSD-3-Clause
iris|150 flowers, 4 features, 3 classes (3 kB)|UCI "Iris" (Fisher 1936), from Debian's package python3-sklearn|CC BY 4.0; scikit-learn's copy BSD-3-Clause
wine|178 wines, 13 features, 3 classes (11 kB)|UCI "Wine" (Aeberhard, Forina 1991), from Debian's package python3-sklearn|CC BY 4.0; scikit-learn's copy BSD-3-Clause
breast_cancer|569 cell samples, 30 features, 2 classes (120 kB)|UCI "Breast Cancer Wisconsin (Diagnostic)" (Wolberg et al. 1995), from Debian's package python3-sklearn|CC BY 4.0; scikit-learn's copy BSD-3-Clause
photos|8 photographs and Van Gogh's Starry Night (1.1 MB)|OpenCV samples/data, from Debian's package opencv-doc; china, flower from python3-sklearn|Apache-2.0, the OpenCV authors; china, flower CC BY 2.0 (danielbuechele, vultilion on Flickr); Starry Night public domain
mnist|70,000 handwritten digits, 28x28 (12 MB)|Y. LeCun, C. Cortes, C. Burges; public mirrors of the official files|CC BY-SA 3.0
cifar10|60,000 colour photographs, 32x32, 10 classes (184 MB)|A. Krizhevsky, V. Nair and G. Hinton, https://www.cs.toronto.edu/~kriz/cifar.html|none stated; cite Krizhevsky, Learning Multiple Layers of Features from Tiny Images (2009)
cifar100|60,000 colour photographs, 32x32, 100 classes (184 MB)|A. Krizhevsky, V. Nair and G. Hinton, https://www.cs.toronto.edu/~kriz/cifar.html|none stated; cite Krizhevsky, Learning Multiple Layers of Features from Tiny Images (2009)
fashion_mnist|70,000 articles of clothing, 28x28 (31 MB)|Zalando Research, github.com/zalandoresearch/fashion-mnist|MIT, Copyright 2017 Zalando SE
END
}
embedded=(digits digits8x8 iris wine breast_cancer photos)

# SET/FILE -> "package path-inside", or nothing if no Debian package has it.
debian_source() {
  local opencv=usr/share/doc/opencv-doc/examples/data sklearn=usr/lib/python3/dist-packages/sklearn/datasets
  case $1 in
    photos/china.jpg | photos/flower.jpg) echo "python3-sklearn $sklearn/images/${1#*/}" ;;
    digits/* | photos/*) echo "opencv-doc $opencv/${1#*/}" ;;
    wine/wine.csv) echo "python3-sklearn $sklearn/data/wine_data.csv" ;;
    digits8x8/* | iris/* | breast_cancer/*) echo "python3-sklearn $sklearn/data/${1#*/}" ;;
  esac
}

mirrors_of() {
  case $1 in
    mnist) echo "https://ossci-datasets.s3.amazonaws.com/mnist https://storage.googleapis.com/cvdf-datasets/mnist" ;;
    fashion_mnist)
      echo "https://fashion-mnist.s3.eu-central-1.amazonaws.com" \
           "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion" ;;
  esac
}

files_of() { awk -v set="$1/" 'index($2, set) == 1 && !seen[$2]++ { print substr($2, length(set) + 1) }' "$sums"; }
known_sums() { awk -v file="$1" '$2 == file { print $1 }' "$sums"; }
sum_of() { sha256sum < "$1" | cut -d' ' -f1; }
is_right() { [[ -f $1 ]] && known_sums "$2" | grep -qxF "$(sum_of "$1")"; }  # is_right PATH SET/FILE

# want_right PATH SET/FILE: stops unless PATH has a checksum we know.
want_right() {
  is_right "$1" "$2" && return
  fail "$2: want sha256 $(known_sums "$2" | paste -sd' ' | sed 's/ / or /'), got $(sum_of "$1") in ${3:-$1}; nothing was replaced"
}

# Asks apt for a package's file, in the temporary folder $work, and prints its path.
download_package() {
  local package=$1 log=$work/apt.log as_user=() as_root=()
  if [[ $(id -u) -eq 0 ]]; then
    as_user=(-o APT::Sandbox::User=root)  # else apt downloads as _apt, who may not write into our folder
  elif command -v sudo > /dev/null; then
    as_root=(sudo)
  fi
  ask_apt() { (cd "$work" && apt-get "${as_user[@]}" download -q "$package") > "$log" 2>&1; }
  echo "data: downloading Debian's package $package" >&2
  # Without package lists, or with old ones, apt finds nothing: renew them, which only root may, and ask again.
  ask_apt || { "${as_root[@]}" apt-get update -qq >> "$log" 2>&1 && ask_apt; } ||
    fail "$package: apt-get download failed ($(grep '^E:' "$log" | head -n 1));" \
         "run 'apt-get update' as root, or bring the .deb in a folder and add --from FOLDER"
  compgen -G "$work/${package}_*.deb"
}

# unpack PACKAGE: all our files of a package, in one pass (the big one takes seconds), into $work/PACKAGE.
unpack() {
  local package=$1 deb file member members=()
  if [[ -n $from ]]; then deb=$(compgen -G "$from/${package}_*.deb" | tail -n 1); else deb=$(download_package "$package"); fi
  while read -r file; do
    read -r -a member <<< "$(debian_source "$file")"
    [[ ${member[0]:-} != "$package" ]] || members+=("./${member[1]}")
  done < <(awk '{ print $2 }' "$sums" | sort -u)
  mkdir "$work/$package"
  # A file that is not in this release of the package is missed only by the set that asks for it.
  { dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/$package" "${members[@]}"; } 2> /dev/null || true
}

# take_file SET FILE DESTINATION: from the folder --from; false if there is none.
take_file() {
  local set=$1 file=$2 folder name path found='' package inside
  read -r package inside <<< "$(debian_source "$set/$file")"
  for folder in "$from/$set" "$from/${set//_/-}" "$from"; do
    for name in "$file" ${package:+"${inside##*/}"}; do
      path=$folder/$name
      if is_right "$path" "$set/$file"; then install -m 644 "$path" "$3"; return; fi
      [[ -n $found || ! -f $path ]] || found=$path
    done
  done
  [[ -z $found ]] || want_right "$found" "$set/$file"
  [[ -n $package ]] && compgen -G "$from/${package}_*.deb" > /dev/null && return 1
  fail "$set: want $file${package:+ or ${package}_*.deb} in $from or $from/$set"
}

# download_from_mirrors SET FILE DESTINATION
download_from_mirrors() {
  local set=$1 file=$2 destination=$3 mirror why='' mirrors
  read -ra mirrors <<< "$(mirrors_of "$set")"
  for mirror in "${mirrors[@]}"; do
    echo "data: downloading $mirror/$file" >&2
    if why=$(curl -fsSL --proto =https --connect-timeout 20 --retry 2 -o "$destination" "$mirror/$file" 2>&1); then
      is_right "$destination" "$set/$file" && return
      why="wrong checksum, sha256 $(sum_of "$destination")"
    fi
  done
  fail "$set: no mirror gave $file (${why##*$'\n'}); put the four official .gz files into a folder and run" \
       "scripts/data.sh $set --from FOLDER"
}

# fetch SET FILE DESTINATION: from wherever it can be had.
fetch() {
  local set=$1 file=$2 package inside
  if [[ -n $from ]] && take_file "$@"; then return; fi
  read -r package inside <<< "$(debian_source "$set/$file")"
  if [[ -z $package ]]; then download_from_mirrors "$@"; return; fi
  if [[ -z $from ]] && is_right "/$inside" "$set/$file"; then  # the package happens to be installed
    install -m 644 "/$inside" "$3"
    return
  fi
  [[ -d $work/$package ]] || unpack "$package"
  [[ -f $work/$package/$inside ]] || fail "$package: want $inside in it; is this another release, or a broken file?"
  install -m 644 "$work/$package/$inside" "$3"
}

# Fetches what is missing or wrong of one set into a folder beside it, checks all of it, and only then moves it in.
get_set() {
  local set=$1 file files missing=() stage
  mapfile -t files < <(files_of "$set")
  for file in "${files[@]}"; do
    is_right "$to/$set/$file" "$set/$file" || missing+=("$file")
  done
  if [[ ${#missing[@]} -eq 0 && -f $to/$set/SHA256SUMS && -f $to/$set/SOURCE.txt ]]; then
    echo "$set: $to/$set has everything"
    return
  fi
  { mkdir -p "$to" && stage=$(mktemp -d "$to/.$set.XXXXXX"); } 2> /dev/null ||
    fail "$to: cannot be written; choose another folder with --to DIR"
  staged+=("$stage")
  for file in "${missing[@]}"; do
    fetch "$set" "$file" "$stage/$file"
    want_right "$stage/$file" "$set/$file" "what was fetched"
  done
  mkdir -p "$to/$set"
  for file in "${missing[@]}"; do mv -f "$stage/$file" "$to/$set/$file"; done
  (cd "$to/$set" && sha256sum "${files[@]}") > "$stage/SHA256SUMS"
  catalogue | awk -F'|' -v set="$set" '$1 == set { print "Origin:  " $3 "\nLicence: " $4 }' > "$stage/SOURCE.txt"
  mv -f "$stage/SHA256SUMS" "$stage/SOURCE.txt" "$to/$set/"
  echo "$set: $to/$set is complete (${#missing[@]} of ${#files[@]} files fetched)"
}

# shellcheck source=scripts/data_cifar.sh
source "$root/scripts/data_cifar.sh"

all_names=$(catalogue | cut -d'|' -f1)
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) print_help; exit 0 ;;
    --list) catalogue | awk -F'|' '{ printf "%-14s %s; %s\n", $1, $2, $3 }'; exit 0 ;;
    --from | --to)
      [[ -n ${2:-} ]] || fail "data.sh: $1: want a folder after it"
      if [[ $1 == --to ]]; then to=$2; else from=$2; fi
      shift ;;
    -*) fail "data.sh: want --from DIR, --to DIR, --list or --help, got $1" ;;
    all-embedded) names+=("${embedded[@]}") ;;
    *)
      grep -qxF -- "$1" <<< "$all_names" || fail "data.sh: want one of ${all_names//$'\n'/ } all-embedded, got $1"
      names+=("$1") ;;
  esac
  shift
done
[[ ${#names[@]} -gt 0 ]] || fail "data.sh: want one or more of ${all_names//$'\n'/ } all-embedded"
[[ -z $from || -d $from ]] || fail "data.sh: --from $from: want a folder, there is none"

work=$(mktemp -d)
staged=()
trap 'rm -rf "$work" "${staged[@]}"' EXIT
for name in "${names[@]}"; do
  case $name in cifar*) get_cifar "$name" ;; *) get_set "$name" ;; esac
done
