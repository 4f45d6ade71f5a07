"""Per-operator overhead in Python PyTorch: the peer of benchmarks/OperatorOverhead.cs. One thread, no gradients.

    OMP_NUM_THREADS=1 /usr/bin/python3 benchmarks/peers/operator_overhead.py
"""
import json
import statistics
import time

import torch

torch.set_num_threads(1)
torch.manual_seed(0)


def measure(function, repeats=9, calls=20000):
    for _ in range(2000):
        function()
    samples = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(calls):
            function()
        samples.append((time.perf_counter() - start) / calls * 1e9)
    return {"median_ns": statistics.median(samples), "min_ns": min(samples)}


small = torch.rand(8)
scalar = torch.tensor(0.5)
other = torch.rand(8)
square = torch.rand(64, 64)
rows = torch.rand(32, 128)
weight = torch.rand(128)
bias = torch.rand(128)

with torch.no_grad():
    results = {
        "add 8": measure(lambda: small + other),
        "mul scalar 8": measure(lambda: small * 2.0),
        "mm 64x64": measure(lambda: torch.mm(square, square), calls=5000),
        "layer_norm 32x128": measure(lambda: torch.nn.functional.layer_norm(rows, (128,), weight, bias), calls=5000),
        "item": measure(lambda: scalar.item()),
        "shape": measure(lambda: small.shape),
    }
print(json.dumps(results, indent=1))
