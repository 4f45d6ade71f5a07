"""Measures the input path of Parallax and torchvision's DataLoader in turn, each in processes of its own, and prints medians and ratios as a table.

    /usr/bin/python3 benchmarks/peers/input.py [jpeg png cifar] [--workers 1 2] [--rounds 3]

Build first: ./parallax bench --list flat. PYTHON names the interpreter with torchvision, /usr/bin/python3 by default. Kinds that torchvision has no counterpart of
(packed, packed-256) are compared with it on jpeg.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "artifacts/bin/Parallax.Benchmarks/release/Parallax.Benchmarks.dll"
PYTHON = os.environ.get("PYTHON", "/usr/bin/python3")


def run(command):
    done = subprocess.run(command, env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("kinds", nargs="*", default=["jpeg", "png", "cifar"])
    arguments.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    print("| input | workers | images/s: ours | torchvision | ratio | processor ms per image: ours | torchvision | ratio |\n|---|---|---|---|---|---|---|---|")
    for kind in options.kinds:
        for workers in options.workers:
            ours, theirs = [], []
            sides = [
                (ours, ["dotnet", str(BENCHMARKS), "input", kind, "--workers", str(workers)]),
                (theirs, [PYTHON, str(ROOT / "benchmarks/peers/dataloader.py"), kind if kind in ("png", "cifar") else "jpeg", "--workers", str(workers)]),
            ]
            for turn in range(options.rounds):
                for found, command in sides if turn % 2 == 0 else reversed(sides):
                    found.append(run(command))
            speed = [statistics.median(r["images_per_second"] for r in side) for side in (ours, theirs)]
            cost = [statistics.median(r["processor_ms"] for r in side) for side in (ours, theirs)]
            ratio = statistics.median(a["images_per_second"] / b["images_per_second"] for a, b in zip(ours, theirs))
            cheaper = statistics.median(b["processor_ms"] / a["processor_ms"] for a, b in zip(ours, theirs))
            print(f"| {kind} | {workers} | {speed[0]:,.0f} | {speed[1]:,.0f} | {ratio:.1f} | {cost[0]:.3f} | {cost[1]:.3f} | {cheaper:.1f} |", flush=True)


if __name__ == "__main__":
    main()
