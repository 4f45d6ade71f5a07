"""Time per view of MoCo v2's augmentations in torchvision, one thread: the peer of benchmarks/Augmentations.cs.

    OMP_NUM_THREADS=1 /usr/bin/python3 benchmarks/peers/augmentations.py

Prints the mean over random decisions, for PIL images (what training scripts use) and for float tensors.
"""
import time

import torch
import torchvision
from PIL import Image, ImageFilter
from torchvision import transforms as T

torch.set_num_threads(1)
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class PilBlur:
    def __call__(self, image):
        return image.filter(ImageFilter.GaussianBlur(radius=torch.empty(1).uniform_(0.1, 2).item()))


def chain(size, antialias, blur, to_tensor):
    return T.Compose([
        T.RandomResizedCrop(size, scale=(0.2, 1.0), antialias=antialias),
        T.RandomApply([T.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
        T.RandomGrayscale(p=0.2),
        T.RandomApply([blur], p=0.5),
        T.RandomHorizontalFlip(),
        *([T.ToTensor()] if to_tensor else []),
        T.Normalize(MEAN, STD),
    ])


def microseconds(transform, image, seconds=5.0):
    for _ in range(20):
        transform(image)
    views, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        transform(image)
        views += 1
    return 1e6 * (time.perf_counter() - start) / views


print(f"torchvision {torchvision.__version__}, torch {torch.__version__}, 1 thread")
for size, height, width in ((224, 375, 500), (32, 32, 32)):
    torch.manual_seed(1)
    pixels = torch.randint(0, 256, (height, width, 3), dtype=torch.uint8)
    pil = Image.fromarray(pixels.numpy())
    tensor = pixels.permute(2, 0, 1).contiguous() / 255
    # sigma up to 2, three of them to each side
    print(f"{size} px, PIL:    {microseconds(chain(size, None, PilBlur(), True), pil):8.1f} us per view")
    print(f"{size} px, tensor: {microseconds(chain(size, True, T.GaussianBlur(13, (0.1, 2.0)), False), tensor):8.1f} us per view")
