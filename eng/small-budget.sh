#!/usr/bin/env bash
# The table of MNIST and CIFAR-10 in docs/leaderboards.md: eng/small-budget.sh DATA_DIR [THREADS]. DATA_DIR holds mnist/ (IDX files) and cifar10.tar.
# Every method gets the same small backbone, optimizer, batch and epochs; random features are the same backbone before training.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd)
data=$(cd -- "${1:?usage: eng/small-budget.sh DATA_DIR [THREADS]}" && pwd)
threads=${2:-1}
protocols=knn-lightly,linear-sgd
out=${OUT:-$root/artifacts/small-budget}
mkdir -p "$out" && cd "$out"
export OMP_NUM_THREADS=$threads

common=(trainer.threads="$threads" trainer.workers=1 trainer.batchSize=256 backbone.name=resnet18 backbone.stem=cifar-maxpool backbone.width=0.25 backbone.norm=batch
  optimizer.name=adamw optimizer.baseLearningRate=0.002 optimizer.scaleLearningRate=none optimizer.weightDecay=0.0001
  schedule.name=cosine schedule.warmupEpochs=0.3 'evaluation.protocols=[]')
momentum=(method.temperature=0.1 method.momentum=0.99 method.queueSize=4096)
sets() { for one in "$@"; do printf -- '--set\n%s\n' "$one"; done; }

# run DATASET EPOCHS PATH METHOD [SET ...]: trains, then measures trained and random features; one JSON file each.
run() {
  local dataset=$1 epochs=$2 path=$3 method=$4 id arguments
  shift 4
  mapfile -t arguments < <(sets "${common[@]}" trainer.epochs="$epochs" data.path="$path" "$@")
  "$root/parallax" train "$root/recipes/$method/$dataset.yaml" "${arguments[@]}" --json >"$method-$dataset.train.json"
  id=$(grep -oE '"run_id": "[^"]+"' "$method-$dataset.train.json" | cut -d'"' -f4)
  "$root/parallax" evaluate "$id" --protocol "$protocols" --json >"$method-$dataset.json"
  [ "$method" != simclr ] || "$root/parallax" evaluate "$id" --protocol "$protocols" --random --json >"random-$dataset.json"
}

accuracy() { grep -A 2 "\"$2\"" "$1" | grep -oE '"accuracy": [0-9.]+' | head -n 1 | awk '{printf "%.1f %%", 100 * $2}'; }

"$root/parallax" list >/dev/null   # builds once, before runs stand side by side
for method in mochi moco-v2 simclr; do
  case $method in simclr) extra=(method.temperature=0.2) ;; mochi) extra=("${momentum[@]}" method.warmupEpochs=1) ;; *) extra=("${momentum[@]}") ;; esac
  run mnist 3 "$data/mnist" "$method" "${extra[@]}" &
  [ "${PARALLEL:-0}" = 1 ] || wait
done
wait
for method in mochi moco-v2 simclr; do
  case $method in simclr) extra=(method.temperature=0.2) ;; mochi) extra=("${momentum[@]}" method.warmupEpochs=1) ;; *) extra=("${momentum[@]}") ;; esac
  run cifar10 5 "$data/cifar10.tar" "$method" "${extra[@]}" &
  [ "${PARALLEL:-0}" = 1 ] || wait
done
wait

printf '| features | MNIST kNN | MNIST linear | CIFAR-10 kNN | CIFAR-10 linear |\n|---|---|---|---|---|\n'
for method in random simclr moco-v2 mochi; do
  printf '| %s | %s | %s | %s | %s |\n' "$method" \
    "$(accuracy "$method-mnist.json" knn-lightly)" "$(accuracy "$method-mnist.json" linear-sgd)" \
    "$(accuracy "$method-cifar10.json" knn-lightly)" "$(accuracy "$method-cifar10.json" linear-sgd)"
done
