"""Forward and backward of one block of a ViT-S, 384 wide with 6 heads, in Python PyTorch: the peer of benchmarks/BlockStep.cs.

    OMP_NUM_THREADS=1 /usr/bin/python3 benchmarks/peers/attention.py [--tokens 197] [--bf16] [--steps 5] [--json]

Attention is scaled_dot_product_attention where this PyTorch has it (2.0 and later), else its definition, as in timm. Debian: apt-get install python3-torch.
"""
import argparse
import os

import torch
from torch import nn

import timing

WIDTH, HEADS, ALL_TOKENS = 384, 6, 6400


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, eps=1e-6), nn.LayerNorm(WIDTH, eps=1e-6)
        self.qkv, self.proj = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x):
        n, l, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(n, l, 3, HEADS, d // HEADS).permute(2, 0, 3, 1, 4)
        if hasattr(nn.functional, "scaled_dot_product_attention"):
            attended = nn.functional.scaled_dot_product_attention(q, k, v)
        else:
            attended = ((q * (d // HEADS) ** -0.5) @ k.transpose(-2, -1)).softmax(-1) @ v
        x = x + self.proj(attended.transpose(1, 2).reshape(n, l, d))
        return x + self.mlp(self.norm2(x))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--tokens", type=int, default=197)
    arguments.add_argument("--bf16", action="store_true")
    arguments.add_argument("--steps", type=int, default=5)
    arguments.add_argument("--warmup", type=int, default=2)
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    block, x = Block(), torch.randn(ALL_TOKENS // options.tokens, options.tokens, WIDTH)

    def step():
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bf16):
            output = block(x)
        loss = output.float().square().mean()
        loss.backward()
        block.zero_grad(set_to_none=True)
        loss.item()

    timing.report(step, options, threads)


if __name__ == "__main__":
    main()
