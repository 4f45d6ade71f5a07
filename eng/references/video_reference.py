"""Writes names, shapes and features of torchvision's networks for clips, which the backbone plugins are checked against, with weights and clips from a formula.

    /usr/bin/python3 eng/references/video_reference.py tests/plugins/Backbones/references

Debian 12: python3-torch 1.13, python3-torchvision 0.14. The files are in git; run this again only to add networks or sizes.
"""
import collections
import pathlib
import re
import sys

import torch
from torchvision.models import video
from torchvision.models.video import mvit

from backbone_reference import SHOWN, numbers, weight

FRAMES, SIDE, LARGE_SIDE = 8, 64, 96
CLASSIFIER = re.compile(r"(fc|classifier|head)\.")


def small_mvit():
    """MViTv2-S with tables for clips of FRAMES frames and SIDE pixels."""
    settings, original = {}, mvit._mvit
    try:
        mvit._mvit = lambda **given: settings.update(given)
        video.mvit_v2_s()
    finally:
        mvit._mvit = original
    return original(**{**settings, "spatial_size": (SIDE, SIDE), "temporal_size": FRAMES, "stochastic_depth_prob": 0.0})


def s3d_maps():
    """S3D averaged over all positions."""
    parts = [("features", video.s3d().features), ("pool", torch.nn.AdaptiveAvgPool3d(1)), ("flat", torch.nn.Flatten())]
    return torch.nn.Sequential(collections.OrderedDict(parts))


def names(networks):
    for name, network in networks.items():
        for key, tensor in network.state_dict().items():
            if not CLASSIFIER.match(key):
                yield f"{name} {key} {','.join(map(str, tensor.shape))}"


def features(network, side):
    with torch.no_grad():
        named = {name: parameter for name, parameter in network.named_parameters() if not CLASSIFIER.match(name)}
        for number, name in enumerate(sorted(named)):
            named[name].copy_(weight(number, name, list(named[name].shape)))
        return network.eval()(numbers(999, 2, 3, FRAMES, side, side))


def lines():
    r3d, r2plus1d, transformer = video.r3d_18(), video.r2plus1d_18(), small_mvit()
    r3d.fc, r2plus1d.fc, transformer.head = torch.nn.Identity(), torch.nn.Identity(), torch.nn.Identity()
    for name, network, side in (("r3d-18", r3d, SIDE), ("r2plus1d-18", r2plus1d, SIDE), ("s3d", s3d_maps(), SIDE), ("mvit-v2-s", transformer, SIDE),
                                ("mvit-v2-s", transformer, LARGE_SIDE)):
        if network is transformer:
            network.pos_encoding.spatial_size = (side // 4, side // 4)  # larger clips: it interpolates its tables
        yield f"{name} {side} " + " ".join(f"{value:.6f}" for value in features(network, side)[:, ::SHOWN].flatten().tolist())


def main(folder):
    networks = {"r3d-18": video.r3d_18(), "r2plus1d-18": video.r2plus1d_18(), "s3d": video.s3d(), "mvit-v2-s": video.mvit_v2_s()}
    (folder / "torchvision-video-keys.txt").write_text("\n".join(names(networks)) + "\n")
    (folder / "torchvision-video-features.txt").write_text("\n".join(lines()) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
