# shellcheck shell=bash
# What there is to check: sourced by the scripts beside it, from the top of the checkout.

# The full client takes five to seven minutes and over 4 GB to compile on two cores, so packages that need it are
# kept apart: they are built once, in the background, and neither raced nor fuzzed.
readonly SDK='github.com/microsoftgraph/msgraph-sdk-go'

# The folder of each module, the root (".") first.
files=$(git ls-files --cached --others --exclude-standard -- '*/go.mod')
modules=(.)
for file in $files; do
  if [[ -f $file && $file != */testdata/* ]]; then modules+=("$(dirname "$file")"); fi
done
unset file files
readonly modules

# packages with|without FOLDER prints the packages of that module which need the SDK, for themselves or for their
# tests, or those which do not.
packages() {
  (
    cd "$2" || exit 1
    go list -test -f '{{or .ForTest .ImportPath}} {{join .Deps " "}}' ./... |
      awk -v want="$1" -v sdk="$SDK" '
        { name = $1; sub(/(_test|\.test)$/, "", name); seen[name] = 1
          for (i = 2; i <= NF; i++) if ($i == sdk || index($i, sdk "/") == 1) heavy[name] = 1 }
        END { for (name in seen) if ((name in heavy) == (want == "with")) print name }' | sort
  )
}

# in_module FOLDER with|without COMMAND... runs the command in that module with its packages as last arguments; with
# no such packages there is nothing to run.
in_module() {
  local folder=$1 want=$2 list
  shift 2
  list=$(packages "$want" "$folder") || return 1
  if [[ -z $list ]]; then return 0; fi
  mapfile -t list <<<"$list"
  (cd "$folder" && "$@" "${list[@]}")
}
