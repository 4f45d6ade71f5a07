namespace Parallax.Torch.Modules;

/// <summary>Enlarges images by interpolation.</summary>
public sealed class Upsample : Module<Tensor, Tensor>
{
    private readonly long[]? _size;
    private readonly double[]? _scaleFactor;

    internal Upsample(long[]? size, double[]? scale_factor, UpsampleMode mode, bool? align_corners, bool? recompute_scale_factor)
        : base(nameof(Upsample))
    {
        _size = size;
        _scaleFactor = scale_factor;
        this.mode = mode;
        this.align_corners = align_corners;
        this.recompute_scale_factor = recompute_scale_factor;
    }

    /// <summary>How values between pixels are made.</summary>
    public UpsampleMode mode { get; }

    /// <summary>Whether corner pixels keep their place.</summary>
    public bool? align_corners { get; }

    /// <summary>Whether the scale is computed again from the rounded size.</summary>
    public bool? recompute_scale_factor { get; set; }

    /// <summary>Size of the output; empty when the scale counts.</summary>
    public ReadOnlySpan<long> size => _size;

    /// <summary>Factor on the size; empty when the size counts.</summary>
    public ReadOnlySpan<double> scale_factor => _scaleFactor;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) =>
        F.interpolate(input, _size, _scaleFactor, (InterpolationMode)mode, align_corners, recompute_scale_factor ?? false);
}
