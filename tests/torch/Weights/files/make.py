"""Made the .pth files beside it, with PyTorch 1.13: python3 make.py"""
import collections

import torch

weights = collections.OrderedDict(
    [("conv.weight", torch.arange(4.0).reshape(1, 1, 2, 2)), ("bn.num_batches_tracked", torch.tensor(7)), ("half", torch.tensor([0.5, -2.0]).half())]
)
torch.save(weights, "weights.pth")
torch.save({"epoch": 3, "arch": "resnet50", "state_dict": weights, "optimizer": {"param_groups": []}}, "checkpoint.pth")
torch.save({"student": weights, "teacher": {"conv.weight": torch.ones(2).bfloat16()}}, "two.pth")
big = torch.arange(12.0).reshape(3, 4)
torch.save({"column": big[:, 1], "transposed": big.t()}, "views.pth")
torch.save(weights, "legacy.pth", _use_new_zipfile_serialization=False)
