#!/usr/bin/env bash
# Makes a new app that builds and trains at once: a linear classifier on generated points, to be changed into yours.
#
#   scripts/new_app.sh NAME
#
# NAME: small letters, digits and "_", a letter first. Writes apps/NAME/ and configs/NAME/smoke.json and edits nothing;
# the next build finds the app, and the tests train its smoke.json. To undo it, remove the two folders.
set -euo pipefail

fail() { echo "error: $*" >&2; exit 2; }
print_help() { sed -n '2,/^set /{/^#/s/^# \{0,1\}//p}' "$0"; }
case ${1:-} in -h | --help) print_help; exit 0 ;; esac
[[ $# -eq 1 ]] || fail "new_app.sh: want one name, got $#; see --help"

name=$1
[[ $name =~ ^[a-z][a-z0-9_]*$ ]] ||
  fail "new_app.sh: want a name of small letters, digits and \"_\" that begins with a letter, got \"$name\""
[[ ! $name =~ _(parts|test)$ ]] || fail "new_app.sh: names that end in _parts or _test are taken by the app's library and tests, got $name"

# The name becomes a namespace, a CMake target and a program: words that C++, CMake or a library has taken will not do.
taken="alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const constexpr
const_cast continue co_await co_return co_yield decltype default delete do double dynamic_cast else enum explicit export
extern false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or or_eq
private protected public register reinterpret_cast requires return short signed sizeof static static_assert static_cast
struct switch template this thread_local throw true try typedef typeid typename union unsigned using virtual void
volatile wchar_t while xor xor_eq linux unix main std at c10 cv nlohmann torch torch_cpu testing gtest
all clean depend edit_cache help install list_install_components package package_source rebuild_cache test"
for word in $taken; do
  [[ $name != "$word" ]] || fail "new_app.sh: $name has a meaning in C++, CMake or a library; choose another name"
done

cd "$(dirname "$0")/.."
for folder in "apps/$name" "configs/$name"; do
  [[ ! -e $folder ]] || fail "new_app.sh: $folder exists already; choose another name, or remove it first"
done

mkdir -p "apps/$name" "configs/$name"
for template in scripts/new_app/*.in; do
  target=apps/$name/$(basename "$template" .in)
  [[ $target != */smoke.json ]] || target=configs/$name/smoke.json
  sed "s/@name@/$name/g" "$template" > "$target"
done
# Where a line breaks depends on the length of the name.
if command -v clang-format > /dev/null; then clang-format -i "apps/$name"/*.h "apps/$name"/*.cpp; fi

cat << END
made apps/$name and configs/$name/smoke.json; try it:
  cmake --build build --target $name
  build/bin/$name train --config configs/$name/smoke.json
Read apps/$name/main.cpp first; what to change is in apps/$name/README.md.
END
