namespace Parallax.Torch.Modules;

/// <summary>Maximum of a moving window over [N, C, D, H, W].</summary>
public sealed class MaxPool3d : Module<Tensor, Tensor>
{
    internal MaxPool3d(long[] kernel_size, long[]? stride, long[]? padding, long[]? dilation, bool ceil_mode)
        : base(nameof(MaxPool3d))
    {
        this.kernel_size = kernel_size;
        this.stride = stride ?? kernel_size;
        this.padding = padding ?? [0, 0, 0];
        this.dilation = dilation ?? [1, 1, 1];
        this.ceil_mode = ceil_mode;
    }

    /// <summary>Size of the window.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>Step.</summary>
    public long[] stride { get; set; }

    /// <summary>Minus infinity outside the border on both sides.</summary>
    public long[] padding { get; set; }

    /// <summary>Distance of window elements.</summary>
    public long[] dilation { get; set; }

    /// <summary>Whether a window may hang over the end.</summary>
    public bool ceil_mode { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => F.max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode);

    /// <summary>Also tells where each maximum was, as a flat position within its channel.</summary>
    public (Tensor Values, Tensor Indices) forward_with_indices(Tensor input) =>
        F.max_pool3d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode);
}
