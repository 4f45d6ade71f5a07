namespace Parallax.Torch.Modules;

/// <summary>Geometry of a convolution before its weights exist.</summary>
internal sealed record ConvolutionShape(
    long InChannels, long OutChannels, long[] Kernel, long[] Stride, long[] Padding, long[] Dilation, long Groups, PaddingModes PaddingMode)
{
    /// <summary>Padding by effect instead of <see cref="Padding"/>.</summary>
    public Torch.Padding? SamePadding { get; init; }

    /// <summary>A transposed convolution.</summary>
    public bool Transposed { get; init; }

    /// <summary>Extra size on one side, for a transposed convolution.</summary>
    public long[] OutputPadding { get; init; } = new long[Kernel.Length];

    /// <exception cref="ArgumentException">Channels and groups, or mode and kind, do not go together.</exception>
    public void Validate(string name)
    {
        if (Groups < 1 || InChannels % Groups != 0 || OutChannels % Groups != 0)
        {
            throw new ArgumentException($"{name}: in_channels ({InChannels}) and out_channels ({OutChannels}) must be multiples of groups ({Groups}).");
        }

        if (Transposed && PaddingMode != PaddingModes.Zeros)
        {
            throw new ArgumentException($"{name}: a transposed convolution pads with zeros only, got {PaddingMode}.");
        }

        if (SamePadding == Torch.Padding.Same && Stride.Any(s => s != 1))
        {
            throw new ArgumentException($"{name}: Padding.Same needs stride 1, got [{string.Join(", ", Stride)}]. Give the padding in numbers.");
        }
    }

    /// <summary>Sizes of the weight tensor.</summary>
    public long[] WeightSizes() => Transposed ? [InChannels, OutChannels / Groups, .. Kernel] : [OutChannels, InChannels / Groups, .. Kernel];

    /// <summary>The padding as <c>functional.pad</c> wants it: last dimension first, both sides each.</summary>
    public long[] Border()
    {
        var border = new List<long>();
        for (var d = Kernel.Length - 1; d >= 0; d--)
        {
            var total = Dilation[d] * (Kernel[d] - 1);
            var (before, after) = SamePadding switch
            {
                Torch.Padding.Same => (total / 2, total - (total / 2)),
                Torch.Padding.Valid => (0L, 0L),
                _ => (Padding[d], Padding[d]),
            };
            border.AddRange([before, after]);
        }

        return [.. border];
    }
}
