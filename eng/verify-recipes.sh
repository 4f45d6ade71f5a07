#!/usr/bin/env bash
# Verifies small recipes one after the other and prints the columns of docs/verify.md, whether runs had the same bits, and a verdict:
# eng/verify-recipes.sh [METHOD ...]; without names, all of them. A recipe of which nothing was checked is "not checked".
# PARALLAX_DATA (default: ../shared/data) holds cifar10.tar and fight_clips.tar; PARALLAX is the program (default: ./parallax of this repository). Of images a
# tenth is taken: some methods work over all of them before the first step. What verify says goes to OUT (default: artifacts/verify), in files named
# after the recipe and a hash of the commit, of what was changed since, of the recipe, the program's path and the data's: a recipe whose file lies there
# is not verified again. Exit code 1 when a recipe fails or cannot be trained.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
parallax=$(command -v -- "${PARALLAX:-$root/parallax}") || { echo "PARALLAX is '${PARALLAX:-$root/parallax}', which is no program; expected the path of parallax." >&2; exit 2; }
parallax=$(realpath -s -- "$parallax")   # before the folder is left
data=$(cd -- "${PARALLAX_DATA:-$root/../shared/data}" && pwd)
out=${OUT:-$root/artifacts/verify}
mkdir -p "$out" && out=$(cd -- "$out" && pwd)
methods=("$@")
[ $# -gt 0 ] || mapfile -t methods < <(cd -- "$root/recipes" && dirname -- */small.yaml | grep -vx bases)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
state=$(git -C "$root" rev-parse HEAD && git -C "$root" diff HEAD | sha256sum)
ln -s "$data" "$folder/data" && cd "$folder"   # recipes name data/FILE
export OMP_NUM_THREADS=1

# row METHOD FILE: its line of the table, from what verify said.
row() {
  awk -F'\t' -v method="$1" '
    NF == 6 && $1 != "property" {   # not the headings
      if ($2 == "fails" || verdict == "") verdict = $2
      else if ($2 == "holds" && verdict != "fails") verdict = "holds"
      said[$1] = $2 == "fails" ? "fails, " $3 : $2 == "holds" ? $3 : $6 ~ /as the method says/ ? "coupled" : "not checked"
      gradients[$1] = $3; largest[$1] = $4; sub(/ .*/, "", largest[$1]); loss[$1] = $5; result[$1] = $2
      if (match($6, /weights alone makes [0-9.E+-]+/)) weights = substr($6, RSTART + 20, RLENGTH - 20)
    }
    END {
      bf16 = "bf16 against fp32"; several = "several processes"; twice = "same seed twice"; resumed = "killed and resumed"
      same = result[twice] == "not checked" || result[resumed] == "not checked" ? "not checked" : said[twice] said[resumed] == "00" ? "same bits" : "differ"
      if (verdict == "") print "| `" method "` | cannot be trained |||||||"
      else printf "| `%s` | %s | %s | %s | %s | %s | %s | %s | %s |\n", method, said["accumulation"], said[bf16],
        (weights > 0 ? sprintf("%.1f", gradients[bf16] / weights) : ""), said[several], largest[several], loss[several], same, verdict
    }' "$2"
}

code=0
printf '| recipe | accumulation | bf16 | by rounded weights | several processes | largest of one | loss | twice, resumed | verdict |\n'
printf '|---|---|---|---|---|---|---|---|---|\n'
for method in "${methods[@]}"; do
  recipe=$root/recipes/$method/small.yaml
  share=(--set data.share=0.1)
  if grep -q clips "$recipe"; then share=(); fi
  key=$(printf '%s\n' "$state" "$parallax" "$data" "$(sha256sum -- "$recipe")" | sha256sum | cut -c 1-12)
  file=$out/$method-$key
  if [ ! -s "$file.tsv" ]; then
    "$parallax" verify "$recipe" --set trainer.threads=1 --set trainer.workers=1 "${share[@]}" >"$file.part" 2>"$file.err" || true
    mv -- "$file.part" "$file.tsv"   # so that what was stopped is verified again
  fi
  row "$method" "$file.tsv"
  grep -q '^Nothing that was checked differs' "$file.tsv" || code=1
done
exit $code
