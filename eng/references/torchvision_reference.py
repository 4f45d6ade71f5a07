"""Writes the values that the augmentation plugins are checked against, made by torchvision on float tensors (AutoAugment: on PIL images).

    /usr/bin/python3 eng/references/torchvision_reference.py tests/plugins/Augmentations/references

Debian 12: python3-torch 1.13, python3-torchvision 0.14. The files are in git; run this again only to add cases.
"""
import base64
import json
import pathlib
import sys

import numpy
import torch
import torchvision
from torchvision.transforms import InterpolationMode, RandomResizedCrop
from torchvision.transforms import functional as F
from torchvision.transforms.autoaugment import _apply_op

OPERATIONS = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue]

POLICY_OPERATIONS = ["None", "ShearX", "Rotate", "Color", "Contrast", "Sharpness", "Posterize", "Solarize", "AutoContrast", "Equalize", "Invert"]
FACTORS = ("Color", "Contrast", "Sharpness")


def auto_augment(image, steps):
    """Runs AutoAugment's operations on a PIL image; a row of decisions holds 1 + magnitude for operations with a factor."""
    picture = F.to_pil_image((image * 255).round().to(torch.uint8))
    for name, amount in steps:
        if name != "None":
            picture = _apply_op(picture, name, amount - 1 if name in FACTORS else amount, InterpolationMode.NEAREST, [128] * len(image))
    return F.to_tensor(picture)


def encode(image):
    return base64.b64encode(image.contiguous().numpy().astype("<f4").tobytes()).decode()


def inputs():
    generator = torch.Generator().manual_seed(20)
    noise = torch.randint(0, 256, (3, 16, 20), generator=generator) / 255
    y, x = torch.meshgrid(torch.arange(16) / 16, torch.arange(20) / 20, indexing="ij")
    smooth = torch.stack([x, y, (torch.sin(9 * x) * torch.cos(7 * y) + 1) / 2])
    flat = torch.cat([torch.zeros(3, 3, 7), torch.ones(3, 3, 7), torch.full((3, 3, 7), 0.5)], dim=1)
    flat[1, 4:] = flat[0, 4:] * 0.25  # black, white, grey and ties between channels
    return {"noise": noise, "smooth": smooth, "flat": flat, "one-channel": noise[:1, :11, :13].clone()}


def cases(images):
    def case(augmentation, image, options, parameters, result):
        return {"augmentation": augmentation, "input": image, "options": options, "parameters": parameters,
                "size": list(result.shape), "output": encode(result.clamp(0, 1) if augmentation != "normalize" else result)}

    for name, mode in (("bilinear", InterpolationMode.BILINEAR), ("bicubic", InterpolationMode.BICUBIC)):
        for image, box, size in (("noise", [2, 3, 11, 14], 7), ("noise", [0, 0, 16, 20], 16), ("smooth", [5, 6, 4, 3], 19),
                                 ("one-channel", [1, 2, 9, 5], 6), ("noise", [15, 19, 1, 1], 3)):
            result = F.resized_crop(images[image], *box, [size, size], mode, antialias=True)
            yield case("random-resized-crop", image, {"size": size, "interpolation": name}, box, result)
        for image, size in (("noise", 9), ("flat", 21)):
            yield case("resize", image, {"size": size, "interpolation": name}, [], F.resize(images[image], [size], mode, antialias=True))

    for image, size in (("noise", 9), ("noise", 18), ("flat", 8), ("one-channel", 14)):
        yield case("center-crop", image, {"size": size}, [], F.center_crop(images[image], [size]))

    for top, left in ((0, 0), (7, 2), (3, 8)):  # offsets in the padded image
        result = F.crop(F.pad(images["flat"], [4] * 4), top, left, 9, 7)[..., :7, :7]
        yield case("random-crop", "flat", {"size": 7, "padding": 4}, [top - 4, left - 4], result)

    for image in ("noise", "flat"):
        yield case("horizontal-flip", image, {}, [1], F.hflip(images[image]))
        yield case("vertical-flip", image, {}, [1], F.vflip(images[image]))

    jitters = [([0, 1, 2, 3], [1.7, 1, 1, 0]), ([0, 1, 2, 3], [1, 0.3, 1, 0]), ([0, 1, 2, 3], [1, 1.8, 1, 0]),
               ([0, 1, 2, 3], [1, 1, 0, 0]), ([0, 1, 2, 3], [1, 1, 1.8, 0]), ([0, 1, 2, 3], [1, 1, 1, 0.2]),
               ([0, 1, 2, 3], [1, 1, 1, -0.5]), ([3, 1, 0, 2], [1.3, 0.7, 1.35, -0.08]), ([2, 0, 3, 1], [0.6, 1.4, 0.65, 0.1])]
    for image in ("noise", "flat", "one-channel"):
        for order, amounts in jitters if image != "one-channel" else jitters[-2:]:
            result = images[image]
            for operation in order:
                if amounts[operation] != (0 if operation == 3 else 1):
                    result = OPERATIONS[operation](result, amounts[operation])
            yield case("color-jitter", image, {}, order + amounts, result)

    for image in ("noise", "flat"):
        yield case("grayscale", image, {}, [1], F.rgb_to_grayscale(images[image], 3))
        yield case("solarize", image, {"threshold": 0.5}, [1], F.solarize(images[image], 0.5))

    for image, kernel, sigma in (("noise", 7, 1.3), ("noise", 5, 0.1), ("flat", 13, 2.0), ("one-channel", 3, 0.7)):
        yield case("gaussian-blur", image, {"kernelSize": kernel}, [sigma], F.gaussian_blur(images[image], [kernel, kernel], [sigma, sigma]))

    nothing = ("None", 0)
    policies = [("noise", ("ShearX", 0.3), nothing), ("smooth", ("ShearX", -1 / 6), nothing), ("noise", ("Rotate", 30), nothing),
                ("smooth", ("Rotate", -80 / 3), nothing), ("noise", ("Color", 1.4), nothing), ("flat", ("Color", 0.2), nothing),
                ("noise", ("Contrast", 1.8), nothing), ("smooth", ("Contrast", 0.2), nothing), ("noise", ("Sharpness", 1.7), nothing),
                ("smooth", ("Sharpness", 0.3), nothing), ("noise", ("Posterize", 4), nothing), ("noise", ("Solarize", 340 / 3), nothing),
                ("smooth", ("AutoContrast", 0), nothing), ("flat", ("AutoContrast", 0), nothing), ("noise", ("Equalize", 0), nothing),
                ("smooth", ("Equalize", 0), nothing), ("flat", ("Equalize", 0), nothing), ("smooth", ("Invert", 0), ("Equalize", 0)),
                ("one-channel", ("Contrast", 1.8), ("Color", 1.4)), ("one-channel", ("Sharpness", 0.3), ("Rotate", 10)), ("flat", nothing, ("Posterize", 6))]
    for image, first, second in policies:
        row = [value for name, amount in (first, second) for value in (POLICY_OPERATIONS.index(name), amount)]
        yield case("auto-augment", image, {}, row, auto_augment(images[image], (first, second)))

    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    yield case("normalize", "noise", {"mean": mean, "std": std}, [], F.normalize(images["noise"], mean, std))


def statistics(draws=20000):
    """Moments of the boxes that RandomResizedCrop draws."""
    torch.manual_seed(7)
    for height, width, scale in ((375, 500, [0.08, 1.0]), (32, 32, [0.2, 1.0]), (28, 28, [0.05, 0.14]), (100, 400, [0.2, 1.0]), (300, 60, [0.08, 1.0])):
        ratio = [3 / 4, 4 / 3]
        image = torch.zeros(1, height, width)
        boxes = numpy.array([RandomResizedCrop.get_params(image, scale, ratio) for _ in range(draws)], dtype=float)
        top, left, h, w = boxes.T
        # out of reach of any try, so every draw takes the last resort
        central = RandomResizedCrop.get_params(image, [9.0, 9.0], ratio)
        values = {"area": h * w / (height * width), "log-ratio": numpy.log(w / h), "top": top / height, "left": left / width,
                  "central": (boxes == numpy.array(central, dtype=float)).all(axis=1).astype(float)}
        yield {"height": height, "width": width, "scale": scale, "ratio": ratio, "draws": draws,
               "moments": {name: [value.mean(), value.std()] for name, value in values.items()}}


def main(folder):
    images = inputs()
    origin = f"torchvision {torchvision.__version__}, torch {torch.__version__}, eng/references/torchvision_reference.py"
    lines = [json.dumps(c, separators=(",", ":")) for c in cases(images)]
    named = ",\n".join(f'"{n}":{json.dumps({"size": list(i.shape), "pixels": encode(i)}, separators=(",", ":"))}' for n, i in images.items())
    text = f'{{"origin":"{origin}",\n"inputs":{{\n{named}}},\n"cases":[\n' + ",\n".join(lines) + "\n]}\n"
    (folder / "torchvision-values.json").write_text(text)

    lines = [json.dumps(s, separators=(",", ":")) for s in statistics()]
    (folder / "torchvision-draws.json").write_text(f'{{"origin":"{origin}",\n"crops":[\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
