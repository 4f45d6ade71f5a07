"""Writes features of torchvision's networks that the backbone plugins are checked against, with weights and images from a formula.

    /usr/bin/python3 eng/references/backbone_reference.py tests/plugins/Backbones/references

Debian 12: python3-torch 1.13, python3-torchvision 0.14. The file is in git; run this again only to add networks or sizes.
"""
import collections
import math
import pathlib
import re
import sys

import torch
import torchvision

SIDES = [64, 96]
SHOWN = 61  # every so many features


def numbers(number, *shape):
    """Fills a tensor with numbers in [-1, 1): the remainders of a polynomial of the place, whole numbers until the last step."""
    place = torch.arange(math.prod(shape), dtype=torch.int64)
    return (((place * place * 7 + place * 31 + number * 977) % 65521).double() / 32760.5 - 1).float().view(shape)


def weight(number, name, shape):
    values = numbers(number, *shape)
    if len(shape) > 1:
        return values * math.sqrt(3 * shape[0] / math.prod(shape))
    return 0.2 * values + (0 if name.endswith("bias") else 1)


def convnext_name(name):
    """The authors' name of a tensor of torchvision's ConvNeXt."""
    name = name.replace("classifier.0.", "norm.")
    name = re.sub(r"^features\.(\d+)\.(\d+)\.layer_scale$", lambda m: f"stages.{int(m[1]) // 2}.{m[2]}.gamma", name)
    layers = {"0": "dwconv", "2": "norm", "3": "pwconv1", "5": "pwconv2"}
    name = re.sub(r"^features\.(\d+)\.(\d+)\.block\.(\d)\.", lambda m: f"stages.{int(m[1]) // 2}.{m[2]}.{layers[m[3]]}.", name)
    return re.sub(r"^features\.(\d+)\.", lambda m: f"downsample_layers.{int(m[1]) // 2}.", name)


def vit_name(name):
    """timm's name of a tensor of torchvision's vision transformer."""
    name = re.sub(r"^encoder\.layers\.encoder_layer_(\d+)\.", r"blocks.\1.", name)
    for theirs, timms in (("class_token", "cls_token"), ("encoder.pos_embedding", "pos_embed"), ("conv_proj", "patch_embed.proj"), ("encoder.ln", "norm"),
                          ("ln_", "norm"), ("self_attention.in_proj_", "attn.qkv."), ("self_attention.out_proj", "attn.proj"), ("mlp.0", "mlp.fc1"),
                          ("mlp.3", "mlp.fc2")):
        name = name.replace(theirs, timms)
    return name


ALEXNET = {"0": "conv1", "3": "conv2", "6": "conv3", "8": "conv4", "10": "conv5"}


def alexnet_name(name):
    """The plugin's name of a tensor of torchvision's AlexNet."""
    return re.sub(r"^features\.(\d+)\.", lambda m: f"{ALEXNET[m[1]]}.", name)


def convolutions(network):
    """The convolutions of a network without the last pooling, averaged over all positions."""
    parts = [("features", network.features[:-1]), ("pool", torch.nn.AdaptiveAvgPool2d(1)), ("flat", torch.nn.Flatten())]
    return torch.nn.Sequential(collections.OrderedDict(parts))


def features(network, ours, sides):
    """Gives a network its weights and takes its classifier away; yields what it makes of images."""
    named = {ours(name): parameter for name, parameter in network.named_parameters() if not re.match(r"head|classifier\.2", name)}
    with torch.no_grad():
        for number, name in enumerate(sorted(named)):
            shape = [named[name].numel()] if name.endswith("gamma") else list(named[name].shape)
            named[name].copy_(weight(number, name, shape).view(named[name].shape))
        for side in sides:
            yield side, network.eval()(numbers(999, 2, 3, side, side))


def main(folder):
    swin, convnext = torchvision.models.swin_t(), torchvision.models.convnext_tiny()
    vit = torchvision.models.VisionTransformer(image_size=64, patch_size=16, num_layers=4, num_heads=3, hidden_dim=192, mlp_dim=768)
    swin.head, convnext.classifier[2], vit.heads = torch.nn.Identity(), torch.nn.Identity(), torch.nn.Identity()
    alexnet, vgg = convolutions(torchvision.models.alexnet()), convolutions(torchvision.models.vgg16_bn())
    lines = [f"{name} {side} " + " ".join(f"{value:.6f}" for value in of_images[:, ::SHOWN].flatten().tolist())
             for name, network, ours, sides in (("swin", swin, str, SIDES), ("convnext", convnext, convnext_name, SIDES), ("vit", vit, vit_name, [64]),
                                         ("alexnet", alexnet, alexnet_name, [96]), ("vgg16", vgg, str, [64]))
             for side, of_images in features(network, ours, sides)]
    (folder / "torchvision-features.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
