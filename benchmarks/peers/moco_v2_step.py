"""One whole MoCo v2 step in Python PyTorch: the peer of benchmarks/TrainStep.cs.

ResNet-18 with the small-image stem, batch 256, 32x32, queue 4096 x 128, SGD with momentum; the same work in the same order.
Prints the median and minimum milliseconds per step. Debian: apt-get install python3-torch python3-torchvision.

    OMP_NUM_THREADS=4 /usr/bin/python3 benchmarks/peers/moco_v2_step.py --threads 4 [--channels-last] [--bf16]
"""
import argparse
import copy
import json
import resource
import statistics
import time

import torch
import torchvision


def build(dim=128):
    net = torchvision.models.resnet18(num_classes=dim)
    net.conv1 = torch.nn.Conv2d(3, 64, kernel_size=3, stride=1, padding=1, bias=False)
    net.maxpool = torch.nn.Identity()
    net.fc = torch.nn.Sequential(torch.nn.Linear(512, 512), torch.nn.ReLU(), torch.nn.Linear(512, dim))
    return net


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--threads", type=int, default=4)
    arguments.add_argument("--batch", type=int, default=256)
    arguments.add_argument("--steps", type=int, default=10)
    arguments.add_argument("--channels-last", action="store_true")
    arguments.add_argument("--bf16", action="store_true")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)

    query_net = build()
    key_net = copy.deepcopy(query_net)
    for parameter in key_net.parameters():
        parameter.requires_grad = False
    if options.channels_last:
        query_net = query_net.to(memory_format=torch.channels_last)
        key_net = key_net.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(query_net.parameters(), lr=0.03, momentum=0.9, weight_decay=1e-4)
    queue = torch.nn.functional.normalize(torch.randn(4096, 128), dim=1)
    pointer = 0
    views = [torch.rand(options.batch, 3, 32, 32) for _ in range(2)]
    labels = torch.zeros(options.batch, dtype=torch.long)
    times = []

    for step in range(options.steps + 2):
        if step == 2:
            processor = time.process_time()
        start = time.perf_counter()
        x1, x2 = views
        if options.channels_last:
            x1, x2 = (x.contiguous(memory_format=torch.channels_last) for x in views)
        with torch.no_grad():
            for online, target in zip(query_net.parameters(), key_net.parameters()):
                target.mul_(0.999).add_(online, alpha=0.001)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bf16):
            query = query_net(x1)
            with torch.no_grad():
                keys = key_net(x2[torch.randperm(options.batch)])
        query = torch.nn.functional.normalize(query.float(), dim=1)
        keys = torch.nn.functional.normalize(keys.float(), dim=1)
        positive = (query * keys).sum(1, keepdim=True)
        logits = torch.cat([positive, query @ queue.t()], dim=1) / 0.2
        loss = torch.nn.functional.cross_entropy(logits, labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        queue[pointer:pointer + options.batch] = keys
        pointer = (pointer + options.batch) % queue.shape[0]
        loss.item()
        times.append((time.perf_counter() - start) * 1000)

    times = times[2:]
    result = {
        "median_ms": statistics.median(times), "min_ms": min(times), "processor_ms": (time.process_time() - processor) * 1000 / options.steps,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "threads": options.threads, "torch": torch.__version__,
    }
    print(json.dumps(result) if options.json else f"{result['median_ms']:.1f} ms median, {result['min_ms']:.1f} ms minimum, {options.threads} threads, torch {torch.__version__}")


if __name__ == "__main__":
    main()
