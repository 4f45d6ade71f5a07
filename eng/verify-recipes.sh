#!/usr/bin/env bash
# Verifies small recipes one after the other and prints the table of docs/verify.md: eng/verify-recipes.sh [METHOD ...]; without names, all of them.
# PARALLAX_DATA (default: ../shared/data) holds cifar10.tar and fight_clips.tar; PARALLAX is the program (default: ./parallax of this repository). Of images a
# tenth is taken: some methods work over all of them before the first step. What verify says goes to OUT (default: artifacts/verify); a recipe whose
# file lies there is not verified again. Exit code 1 when a recipe fails or cannot be trained.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
parallax=${PARALLAX:-$root/parallax}
data=$(cd -- "${PARALLAX_DATA:-$root/../shared/data}" && pwd)
out=${OUT:-$root/artifacts/verify}
mkdir -p "$out" && out=$(cd -- "$out" && pwd)
methods=("$@")
[ $# -gt 0 ] || mapfile -t methods < <(cd -- "$root/recipes" && dirname -- */small.yaml | grep -vx bases)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ln -s "$data" "$folder/data" && cd "$folder"   # recipes name data/FILE
export OMP_NUM_THREADS=1

# row METHOD: its line of the table. Beside a number stands the most that it may be.
row() {
  awk -F'\t' -v method="$1" '
    function most(text) {
      if (!match(text, /gradients (may differ by|within) [0-9.E+-]+/)) return ""
      text = substr(text, RSTART, RLENGTH); sub(/.* /, "", text)
      return " of " text
    }
    NF == 6 {
      verdict = $2 == "fails" || verdict == "fails" ? "fails" : "holds"
      said[$1] = $2 == "fails" ? "fails, " $3 : $2 == "holds" ? $3 most($6) : $6 ~ /as the method says/ ? "coupled" : "not checked"
    }
    END {
      same = said["same seed twice"] said["killed and resumed"] == "00" ? "same bits" : "differ"
      if (verdict == "") print "| `" method "` | cannot be trained |||||"
      else printf "| `%s` | %s | %s | %s | %s | %s |\n",
        method, same, said["accumulation"], said["bf16 against fp32"], said["several processes"], verdict
    }' "$out/$1.tsv"
}

code=0
printf '| recipe | twice, resumed | accumulation | bf16 | several processes | verdict |\n|---|---|---|---|---|---|\n'
for method in "${methods[@]}"; do
  recipe=$root/recipes/$method/small.yaml
  share=(--set data.share=0.1)
  if grep -q clips "$recipe"; then share=(); fi
  if [ ! -s "$out/$method.tsv" ]; then
    "$parallax" verify "$recipe" --set trainer.threads=1 --set trainer.workers=1 "${share[@]}" >"$out/$method.tsv" 2>"$out/$method.err" || true
  fi
  row "$method"
  grep -q '^Nothing that was checked differs' "$out/$method.tsv" || code=1
done
exit $code
