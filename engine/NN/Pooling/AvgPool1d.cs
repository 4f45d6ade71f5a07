namespace Parallax.Torch.Modules;

/// <summary>Mean of a moving window over [N, C, L].</summary>
public sealed class AvgPool1d : Module<Tensor, Tensor>
{
    internal AvgPool1d(long kernel_size, long? stride, long padding, bool ceil_mode, bool count_include_pad)
        : base(nameof(AvgPool1d))
    {
        this.kernel_size = kernel_size;
        this.stride = stride;
        this.padding = padding;
        this.ceil_mode = ceil_mode;
        this.count_include_pad = count_include_pad;
    }

    /// <summary>Size of the window.</summary>
    public long kernel_size { get; set; }

    /// <summary>Step; null is the size of the window.</summary>
    public long? stride { get; set; }

    /// <summary>Zeros outside the border on both sides; null is 0.</summary>
    public long? padding { get; set; }

    /// <summary>Whether a window may hang over the end.</summary>
    public bool ceil_mode { get; set; }

    /// <summary>Whether the zeros of the padding count in the mean.</summary>
    public bool count_include_pad { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) =>
        F.avg_pool1d(input, kernel_size, stride, padding, ceil_mode, count_include_pad);
}
