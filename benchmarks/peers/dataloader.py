"""Images per second of torchvision's DataLoader over the files of 'parallax bench input': its peer in Python, with the same augmentations (MoCo v2's) and workers.

    OMP_NUM_THREADS=1 /usr/bin/python3 benchmarks/peers/dataloader.py jpeg [--workers 2] [--images 1000] [--folder artifacts/bench-input]

Kinds: jpeg (500 x 375 to 224), png and cifar (32 x 32). Images are PIL images, as training scripts have them. Prints one line of JSON; processor time is that of this process
and its workers. Workers are processes, as DataLoader makes them; none of the first batches counts.
"""
import argparse
import json
import os
import pathlib
import time

import numpy
import torch
from PIL import Image, ImageFilter
from torchvision import datasets
from torchvision import transforms as T

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
TICKS = os.sysconf("SC_CLK_TCK")


class Blur:
    def __call__(self, image):
        return image.filter(ImageFilter.GaussianBlur(radius=torch.empty(1).uniform_(0.1, 2).item()))


class TwoViews:
    def __init__(self, size):
        self.chain = T.Compose([
            T.RandomResizedCrop(size, scale=(0.2, 1.0)), T.RandomApply([T.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8), T.RandomGrayscale(p=0.2),
            T.RandomApply([Blur()], p=0.5), T.RandomHorizontalFlip(), T.ToTensor(), T.Normalize(MEAN, STD),
        ])

    def __call__(self, image):
        return self.chain(image), self.chain(image)


class Records(torch.utils.data.Dataset):
    """The binary layout of CIFAR-10, in memory as torchvision's CIFAR10 holds it."""

    def __init__(self, folder, transform):
        files = [numpy.fromfile(folder / f"data_batch_{i}.bin", dtype=numpy.uint8).reshape(-1, 3073) for i in range(1, 6)]
        records = numpy.concatenate(files)
        self.labels = records[:, 0].tolist()
        self.images = numpy.ascontiguousarray(records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
        self.transform = transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


class Endless(torch.utils.data.Sampler):
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        while True:
            yield from torch.randperm(self.count).tolist()


def processor_seconds(processes):
    total = 0.0
    for process in processes:
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("kind", choices=["jpeg", "png", "cifar"])
    arguments.add_argument("--workers", type=int, default=1)
    arguments.add_argument("--images", type=int, default=0)
    arguments.add_argument("--folder", type=pathlib.Path, default=ROOT / "artifacts/bench-input")
    options = arguments.parse_args()
    if not (options.folder / options.kind / "complete").exists():
        raise SystemExit(f"{options.folder / options.kind} is missing. Run './parallax bench input' first: it draws the images.")

    torch.set_num_threads(1)
    torch.manual_seed(1)
    size, batch = (224, 64) if options.kind == "jpeg" else (32, 256)
    batches = max(1, (options.images or (512 if size == 224 else 4096)) // batch)
    path = options.folder / options.kind
    data = Records(path, TwoViews(size)) if options.kind == "cifar" else datasets.ImageFolder(path / "train", TwoViews(size))
    loader = torch.utils.data.DataLoader(data, batch, sampler=Endless(len(data)), num_workers=options.workers, drop_last=True, prefetch_factor=2)
    ready = iter(loader)
    for _ in range(2 * options.workers + 1):
        next(ready)
    processes = [os.getpid(), *(worker.pid for worker in ready._workers)]
    before, start = processor_seconds(processes), time.perf_counter()
    for _ in range(batches):
        next(ready)
    seconds, count = time.perf_counter() - start, batches * batch
    print(json.dumps({
        "kind": options.kind, "workers": options.workers, "images_per_second": count / seconds,
        "processor_ms": 1000 * (processor_seconds(processes) - before) / count, "images": count,
    }))
    ready._shutdown_workers()


if __name__ == "__main__":
    main()
