#!/usr/bin/python3
"""Writes tests/engine/NN/references.json: what PyTorch computes for every module and function that the engine offers.

Run with Debian's python3-torch 1.13.1:  /usr/bin/python3 eng/references/nn_references.py > tests/engine/NN/references.json

Each case: first values of the parameters after manual_seed(1), inputs, weights of the output in the scalar that is
differentiated, the output, and the gradients of inputs and parameters. Numbers are float32, written so that they read back exactly.
"""
import json

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)


def wave(*shape, step=0.7, shift=0.0, scale=1.0):
    count = 1
    for size in shape:
        count *= size
    return (torch.sin(torch.arange(count, dtype=torch.float64) * step + shift) * scale).float().reshape(shape)


def dump(tensor):
    tensor = tensor.detach().contiguous()
    values = tensor.reshape(-1).tolist()
    if tensor.dtype == torch.float32:
        values = [float(f"{v:.9g}") for v in values]
    return {"dtype": str(tensor.dtype).split(".")[1], "shape": list(tensor.shape), "values": values}


def measure(function, inputs, parameters=()):
    inputs = [x.requires_grad_() if x.is_floating_point() else x for x in inputs]
    output = function(*inputs)
    weights = wave(*output.shape, step=0.37, shift=0.5)
    (output * weights).sum().backward()
    return {
        "inputs": [dump(x) for x in inputs],
        "weights": dump(weights),
        "output": dump(output),
        "input_gradients": [dump(x.grad) if x.grad is not None else None for x in inputs],
        "parameter_gradients": {name: dump(p.grad) for name, p in parameters if p.grad is not None},
    }


def module_case(make, *inputs, training=True, call=None):
    torch.manual_seed(1)
    module = make().train(training)
    state = {name: dump(value) for name, value in module.state_dict().items()}
    case = measure(call(module) if call else module, list(inputs), module.named_parameters())
    case["state"] = state
    case["state_after"] = {name: dump(value) for name, value in module.named_buffers()}
    return case


indices = torch.tensor([[0, 2, 1], [3, 2, 0]])
attention_mask = torch.tensor([[False, True, False], [False, False, True]])

modules = {
    "Linear": module_case(lambda: nn.Linear(5, 3), wave(4, 5)),
    "Linear_no_bias": module_case(lambda: nn.Linear(5, 3, bias=False), wave(2, 2, 5)),
    "Conv1d": module_case(lambda: nn.Conv1d(3, 4, 3, stride=2, padding=1, dilation=2), wave(2, 3, 9)),
    "Conv2d": module_case(lambda: nn.Conv2d(2, 4, 3, stride=2, padding=1, groups=2), wave(2, 2, 5, 5)),
    "Conv2d_same": module_case(lambda: nn.Conv2d(2, 2, (2, 3), padding="same", bias=False), wave(1, 2, 4, 4)),
    "Conv2d_reflect": module_case(lambda: nn.Conv2d(1, 2, 3, padding=1, padding_mode="reflect"), wave(1, 1, 4, 4)),
    "Conv2d_circular": module_case(lambda: nn.Conv2d(1, 2, 3, padding=(1, 2), padding_mode="circular"), wave(1, 1, 4, 4)),
    "Conv3d": module_case(lambda: nn.Conv3d(1, 2, (1, 2, 2), stride=(1, 2, 2), padding=(0, 1, 1)), wave(1, 1, 2, 4, 4)),
    "ConvTranspose1d": module_case(lambda: nn.ConvTranspose1d(2, 3, 3, stride=2), wave(1, 2, 4)),
    "ConvTranspose2d": module_case(lambda: nn.ConvTranspose2d(2, 2, 3, stride=2, padding=1, output_padding=1), wave(1, 2, 3, 3)),
    "BatchNorm1d": module_case(lambda: nn.BatchNorm1d(3), wave(5, 3, scale=2)),
    "BatchNorm2d": module_case(lambda: nn.BatchNorm2d(2), wave(2, 2, 3, 3)),
    "BatchNorm2d_eval": module_case(lambda: nn.BatchNorm2d(2), wave(2, 2, 3, 3), training=False),
    "BatchNorm2d_plain": module_case(lambda: nn.BatchNorm2d(2, affine=False, track_running_stats=False), wave(2, 2, 3, 3), training=False),
    "BatchNorm3d": module_case(lambda: nn.BatchNorm3d(2, momentum=0.3, eps=1e-3), wave(2, 2, 2, 2, 2)),
    "LayerNorm": module_case(lambda: nn.LayerNorm(6), wave(2, 3, 6)),
    "LayerNorm_2d": module_case(lambda: nn.LayerNorm([3, 4], elementwise_affine=False), wave(2, 3, 4)),
    "GroupNorm": module_case(lambda: nn.GroupNorm(2, 4), wave(2, 4, 3)),
    "Embedding": module_case(lambda: nn.Embedding(4, 3, padding_idx=2), indices),
    "PReLU": module_case(lambda: nn.PReLU(2), wave(2, 2, 3)),
    "MaxPool1d": module_case(lambda: nn.MaxPool1d(3, 2, 1), wave(1, 2, 8)),
    "MaxPool2d": module_case(lambda: nn.MaxPool2d(3, 2, 1), wave(1, 2, 5, 5, step=1.9)),
    "MaxPool3d": module_case(lambda: nn.MaxPool3d(2), wave(1, 1, 4, 4, 4, step=1.9)),
    "AvgPool1d": module_case(lambda: nn.AvgPool1d(3, 2, 1), wave(1, 2, 8)),
    "AvgPool2d": module_case(lambda: nn.AvgPool2d((3, 2), (2, 2), (1, 0), count_include_pad=False), wave(1, 2, 5, 6)),
    "AvgPool3d": module_case(lambda: nn.AvgPool3d(2, ceil_mode=True), wave(1, 1, 3, 4, 4)),
    "AdaptiveAvgPool1d": module_case(lambda: nn.AdaptiveAvgPool1d(3), wave(1, 2, 8)),
    "AdaptiveAvgPool2d": module_case(lambda: nn.AdaptiveAvgPool2d((1, 1)), wave(2, 2, 3, 3)),
    "AdaptiveAvgPool3d": module_case(lambda: nn.AdaptiveAvgPool3d(2), wave(1, 1, 3, 4, 4)),
    "AdaptiveMaxPool2d": module_case(lambda: nn.AdaptiveMaxPool2d((2, 3)), wave(1, 2, 5, 5, step=1.9)),
    "ReLU": module_case(nn.ReLU, wave(3, 5)),
    "ReLU6": module_case(nn.ReLU6, wave(3, 5, scale=9)),
    "GELU": module_case(nn.GELU, wave(3, 5, scale=3)),
    "GELU_tanh": module_case(lambda: nn.GELU(approximate="tanh"), wave(3, 5, scale=3)),
    "SiLU": module_case(nn.SiLU, wave(3, 5, scale=3)),
    "Hardswish": module_case(nn.Hardswish, wave(3, 5, scale=5)),
    "Hardsigmoid": module_case(nn.Hardsigmoid, wave(3, 5, scale=5)),
    "Sigmoid": module_case(nn.Sigmoid, wave(3, 5, scale=3)),
    "Tanh": module_case(nn.Tanh, wave(3, 5)),
    "Softplus": module_case(lambda: nn.Softplus(beta=2), wave(3, 5, scale=3)),
    "Softmax": module_case(lambda: nn.Softmax(1), wave(3, 5, scale=3)),
    "LogSoftmax": module_case(lambda: nn.LogSoftmax(1), wave(3, 5, scale=3)),
    "LeakyReLU": module_case(lambda: nn.LeakyReLU(0.2), wave(3, 5)),
    "ELU": module_case(lambda: nn.ELU(1.5), wave(3, 5)),
    "Dropout": module_case(lambda: nn.Dropout(0.4), wave(4, 5)),
    "Dropout2d": module_case(lambda: nn.Dropout2d(0.4), wave(2, 4, 2, 2)),
    "Dropout_eval": module_case(lambda: nn.Dropout(0.4), wave(4, 5), training=False),
    "Flatten": module_case(nn.Flatten, wave(2, 3, 2)),
    "Unflatten": module_case(lambda: nn.Unflatten(1, (2, 3)), wave(2, 6)),
    "Upsample": module_case(lambda: nn.Upsample(scale_factor=1.5, mode="bilinear", align_corners=False), wave(1, 2, 4, 4)),
    "PixelShuffle": module_case(lambda: nn.PixelShuffle(2), wave(1, 4, 2, 2)),
    "CosineSimilarity": module_case(nn.CosineSimilarity, wave(3, 4), wave(3, 4, step=0.4, shift=1)),
    "Sequential": module_case(lambda: nn.Sequential(nn.Conv2d(1, 2, 3, bias=False), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3)), wave(3, 1, 4, 4)),
    "MultiheadAttention": module_case(
        lambda: nn.MultiheadAttention(4, 2), wave(2, 3, 4), wave(3, 3, 4, step=0.4), wave(3, 3, 4, step=0.9),
        call=lambda m: lambda q, k, v: m(q, k, v)[0]),
    "MultiheadAttention_weights": module_case(
        lambda: nn.MultiheadAttention(4, 2, bias=False), wave(2, 3, 4), wave(3, 3, 4, step=0.4), wave(3, 3, 4, step=0.9),
        call=lambda m: lambda q, k, v: m(q, k, v, attn_mask=attention_mask)[1]),
    "MultiheadAttention_kdim": module_case(
        lambda: nn.MultiheadAttention(4, 2, kdim=3, vdim=5, add_bias_kv=True, add_zero_attn=True), wave(2, 2, 4), wave(3, 2, 3, step=0.4), wave(3, 2, 5, step=0.9),
        call=lambda m: lambda q, k, v: m(q, k, v, need_weights=False, key_padding_mask=torch.tensor([[False, True, False], [False, False, False]]))[0]),
}

logits, classes = wave(4, 3, scale=2), torch.tensor([2, 0, 1, 1])
signs = torch.tensor([1.0, -1.0, 1.0, -1.0])
grid = wave(1, 3, 3, 2, step=0.5)
query, key, value = wave(2, 2, 3, 4), wave(2, 2, 5, 4, step=0.4), wave(2, 2, 5, 4, step=0.9)

functions = {
    "normalize": measure(F.normalize, [wave(3, 4)]),
    "normalize_p1": measure(lambda x: F.normalize(x, p=1.0, dim=0), [wave(3, 4)]),
    "cosine_similarity": measure(lambda a, b: F.cosine_similarity(a, b, dim=-1), [wave(3, 4), wave(3, 4, step=0.4, shift=1)]),
    "pairwise_distance": measure(F.pairwise_distance, [wave(3, 4), wave(3, 4, step=0.4, shift=1)]),
    "cross_entropy": measure(F.cross_entropy, [logits, classes]),
    "cross_entropy_smooth": measure(
        lambda x, t: F.cross_entropy(x, t, weight=torch.tensor([1.0, 2.0, 0.5]), ignore_index=0, label_smoothing=0.1, reduction="sum"), [wave(4, 3, scale=2), classes]),
    "cross_entropy_soft": measure(F.cross_entropy, [wave(4, 3, scale=2), torch.softmax(wave(4, 3, step=0.3), 1)]),
    "nll_loss": measure(lambda x, t: F.nll_loss(F.log_softmax(x, 1), t), [wave(4, 3, scale=2), classes]),
    "binary_cross_entropy": measure(lambda x, t: F.binary_cross_entropy(torch.sigmoid(x), t), [wave(4, 3), (wave(4, 3) > 0).float()]),
    "binary_cross_entropy_with_logits": measure(
        lambda x, t: F.binary_cross_entropy_with_logits(x, t, pos_weight=torch.tensor([1.0, 2.0, 0.5])), [wave(4, 3), (wave(4, 3) > 0).float()]),
    "kl_div": measure(lambda a, b: F.kl_div(a, b, log_target=True, reduction="sum"), [F.log_softmax(wave(3, 4), 1).detach(), F.log_softmax(wave(3, 4, step=0.3), 1).detach()]),
    "mse_loss": measure(F.mse_loss, [wave(3, 4), wave(3, 4, step=0.3)]),
    "l1_loss": measure(lambda a, b: F.l1_loss(a, b, reduction="none"), [wave(3, 4), wave(3, 4, step=0.3)]),
    "smooth_l1_loss": measure(lambda a, b: F.smooth_l1_loss(a, b, beta=0.5), [wave(3, 4), wave(3, 4, step=0.3)]),
    "huber_loss": measure(lambda a, b: F.huber_loss(a, b, delta=0.5), [wave(3, 4), wave(3, 4, step=0.3)]),
    "cosine_embedding_loss": measure(lambda a, b: F.cosine_embedding_loss(a, b, signs, margin=0.2), [wave(4, 3), wave(4, 3, step=0.3)]),
    "margin_ranking_loss": measure(lambda a, b: F.margin_ranking_loss(a, b, signs, margin=0.2), [wave(4), wave(4, step=0.3)]),
    "triplet_margin_loss": measure(F.triplet_margin_loss, [wave(3, 4), wave(3, 4, step=0.3), wave(3, 4, step=0.5)]),
    "interpolate_nearest": measure(lambda x: F.interpolate(x, (7, 3)), [wave(1, 2, 4, 4)]),
    "interpolate_bicubic": measure(lambda x: F.interpolate(x, (6, 5), mode="bicubic", align_corners=False), [wave(1, 2, 4, 4)]),
    "interpolate_bicubic_corners": measure(lambda x: F.interpolate(x, (6, 5), mode="bicubic", align_corners=True), [wave(1, 2, 4, 4)]),
    "interpolate_antialias": measure(lambda x: F.interpolate(x, (3, 2), mode="bilinear", antialias=True), [wave(1, 2, 6, 6)]),
    "interpolate_area": measure(lambda x: F.interpolate(x, scale_factor=0.5, mode="area"), [wave(1, 2, 5, 6)]),
    "interpolate_trilinear": measure(lambda x: F.interpolate(x, (3, 4, 5), mode="trilinear"), [wave(1, 1, 2, 3, 3)]),
    "interpolate_linear": measure(lambda x: F.interpolate(x, scale_factor=1.7, mode="linear", recompute_scale_factor=True), [wave(1, 2, 5)]),
    "pad_constant": measure(lambda x: F.pad(x, (1, 2, 0, 1), value=3.0), [wave(1, 2, 3)]),
    "pad_reflect": measure(lambda x: F.pad(x, (1, 2), mode="reflect"), [wave(1, 2, 4)]),
    "pad_replicate": measure(lambda x: F.pad(x, (1, 2, 1, 0), mode="replicate"), [wave(1, 1, 3, 3)]),
    "pad_circular": measure(lambda x: F.pad(x, (1, 2), mode="circular"), [wave(1, 2, 4)]),
    "grid_sample": measure(lambda x, g: F.grid_sample(x, g, align_corners=False), [wave(1, 2, 4, 4), grid]),
    "grid_sample_border": measure(lambda x, g: F.grid_sample(x, g, padding_mode="border", align_corners=True), [wave(1, 2, 4, 4), (wave(1, 3, 3, 2, step=0.5) * 1.5)]),
    "affine_grid": measure(lambda t: F.affine_grid(t, (1, 1, 2, 3), align_corners=False), [wave(1, 2, 3)]),
    "unfold": measure(lambda x: F.unfold(x, (2, 3), padding=1, stride=2), [wave(1, 2, 4, 5)]),
    "fold": measure(lambda x: F.fold(x, (4, 4), 2, stride=2), [wave(1, 8, 4)]),
    "pixel_unshuffle": measure(lambda x: F.pixel_unshuffle(x, 2), [wave(1, 1, 4, 4)]),
    "glu": measure(F.glu, [wave(2, 6)]),
    "logsigmoid": measure(F.logsigmoid, [wave(2, 6)]),
    "attention": measure(lambda q, k, v: torch.softmax(q @ k.transpose(-2, -1) / 2, -1) @ v, [wave(2, 2, 3, 4), key.clone(), value.clone()]),
    "attention_causal": measure(
        lambda q, k, v: torch.softmax((q @ k.transpose(-2, -1) / 2).masked_fill(~torch.ones(5, 5, dtype=torch.bool).tril(), float("-inf")), -1) @ v,
        [wave(2, 2, 5, 4), key.clone(), value.clone()]),
    "attention_mask": measure(
        lambda q, k, v: torch.softmax((q @ k.transpose(-2, -1) / 2).masked_fill(torch.arange(15).reshape(3, 5) % 4 == 1, float("-inf")), -1) @ v,
        [wave(2, 2, 3, 4), key.clone(), value.clone()]),
}


def filled(fill, *shape):
    torch.manual_seed(7)
    return dump(fill(torch.empty(*shape)))


initialisations = {
    "uniform": filled(lambda t: nn.init.uniform_(t, -2, 3), 3, 4),
    "normal": filled(lambda t: nn.init.normal_(t, 1, 2), 4, 8),
    "trunc_normal": filled(lambda t: nn.init.trunc_normal_(t, std=0.02), 3, 4),
    "trunc_normal_tight": filled(lambda t: nn.init.trunc_normal_(t, mean=1, std=2, a=0, b=1.5), 3, 4),
    "xavier_uniform": filled(lambda t: nn.init.xavier_uniform_(t, gain=2), 3, 4),
    "xavier_normal": filled(nn.init.xavier_normal_, 2, 3, 2, 2),
    "kaiming_uniform": filled(nn.init.kaiming_uniform_, 3, 4),
    "kaiming_normal": filled(lambda t: nn.init.kaiming_normal_(t, mode="fan_out", nonlinearity="relu"), 2, 3, 2, 2),
    "orthogonal_tall": filled(lambda t: nn.init.orthogonal_(t, gain=2), 4, 3),
    "orthogonal_wide": filled(nn.init.orthogonal_, 3, 2, 2),
}

print(json.dumps({"torch": torch.__version__, "modules": modules, "functions": functions, "initialisations": initialisations}))
