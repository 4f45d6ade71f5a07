namespace Parallax.Torch.Modules;

/// <summary>Mean of a moving window over [N, C, D, H, W].</summary>
public sealed class AvgPool3d : Module<Tensor, Tensor>
{
    internal AvgPool3d(long[] kernel_size, long[]? stride, long[]? padding, bool ceil_mode, bool count_include_pad, long? divisor_override)
        : base(nameof(AvgPool3d))
    {
        this.kernel_size = kernel_size;
        this.stride = stride ?? kernel_size;
        this.padding = padding ?? [0, 0, 0];
        this.ceil_mode = ceil_mode;
        this.count_include_pad = count_include_pad;
        this.divisor_override = divisor_override;
    }

    /// <summary>Size of the window.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>Step.</summary>
    public long[] stride { get; set; }

    /// <summary>Zeros outside the border on both sides.</summary>
    public long[] padding { get; set; }

    /// <summary>Whether a window may hang over the end.</summary>
    public bool ceil_mode { get; set; }

    /// <summary>Whether the zeros of the padding count in the mean.</summary>
    public bool count_include_pad { get; set; }

    /// <summary>Divides the sum of a window instead of its size.</summary>
    public long? divisor_override { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) =>
        F.avg_pool3d(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override);
}
