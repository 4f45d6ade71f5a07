namespace Parallax.Torch.Modules;

/// <summary>What all convolutions share: weights, their initialisation, geometry.</summary>
public abstract class Convolution : Module<Tensor, Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private Parameter _weight;

    [ComponentName(Name = nameof(bias))]
    private Parameter? _bias;

    private long[] _border;

    private protected Convolution(string name, ConvolutionShape shape, bool bias, Device? device, ScalarType? dtype)
        : base(name)
    {
        shape.Validate(name);
        in_channels = shape.InChannels;
        out_channels = shape.OutChannels;
        kernel_size = shape.Kernel;
        stride = shape.Stride;
        padding = shape.SamePadding is null ? shape.Padding : null;
        padding_type = shape.SamePadding;
        dilation = shape.Dilation;
        groups = shape.Groups;
        padding_mode = shape.PaddingMode;
        transposed = shape.Transposed;
        output_padding = shape.OutputPadding;
        _border = shape.Border();
        _weight = ReplaceParameter(nameof(weight), null, new Parameter(empty(shape.WeightSizes(), dtype, device)));
        _bias = ReplaceParameter(nameof(bias), null, bias ? new Parameter(empty([out_channels], dtype, device)) : null);
        reset_parameters();
    }

    /// <summary>Channels of the input.</summary>
    public long in_channels { get; }

    /// <summary>Channels of the output.</summary>
    public long out_channels { get; }

    /// <summary>Whether it is a transposed convolution.</summary>
    public bool transposed { get; }

    /// <summary>Padding by effect, or null when <see cref="padding"/> counts.</summary>
    public Padding? padding_type { get; private set; }

    /// <summary>Padding on both sides of each dimension, or null when <see cref="padding_type"/> counts.</summary>
    public long[]? padding { get; private set; }

    /// <summary>What stands outside the border.</summary>
    public PaddingModes padding_mode { get; set; }

    /// <summary>Groups of channels that see only each other.</summary>
    public long groups { get; set; }

    /// <summary>Size of the kernel in each dimension.</summary>
    public long[] kernel_size { get; set; }

    /// <summary>Step in each dimension.</summary>
    public long[] stride { get; set; }

    /// <summary>Distance of kernel elements in each dimension.</summary>
    public long[] dilation { get; set; }

    /// <summary>Extra size on one side of the output of a transposed convolution.</summary>
    public long[] output_padding { get; set; }

    /// <summary>[out, in / groups, kernel...]; transposed: [in, out / groups, kernel...].</summary>
    public Parameter weight
    {
        get => _weight;
        set => _weight = ReplaceParameter(nameof(weight), _weight, value);
    }

    /// <summary>[out], or null.</summary>
    public Parameter? bias
    {
        get => _bias;
        set => _bias = ReplaceParameter(nameof(bias), _bias, value);
    }

    /// <summary>Draws new weights, as PyTorch does.</summary>
    public void reset_parameters() => init.FanInUniform(_weight, _bias);

    /// <summary>Pads by numbers from now on.</summary>
    public void SetPadding(long[] padding)
    {
        this.padding = padding;
        padding_type = null;
        _border = [.. padding.Reverse().SelectMany(p => new[] { p, p })];
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        RequireChannels(input);
        if (padding_mode == PaddingModes.Zeros)
        {
            return Convolve(input, padding);
        }

        using var padded = F.pad(input, _border, padding_mode);
        return Convolve(padded, new long[kernel_size.Length]);
    }

    /// <summary>The operator.</summary>
    /// <param name="input">Checked input.</param>
    /// <param name="edge">Padding, or null for <see cref="padding_type"/>; for a transposed convolution the output padding.</param>
    private protected abstract Tensor Convolve(Tensor input, long[]? edge);

    /// <exception cref="ArgumentException">The input has the wrong rank or number of channels.</exception>
    private protected void RequireChannels(Tensor input)
    {
        var dimensions = kernel_size.Length;
        var rank = input.dim();
        if ((rank == dimensions + 2 && input.size(1) == in_channels) || (rank == dimensions + 1 && input.size(0) == in_channels))
        {
            return;
        }

        throw new ArgumentException(
            $"{GetName()} expects [N, {in_channels}, ...] with {dimensions + 2} dimensions (or {dimensions + 1} without N), " +
            $"got [{string.Join(", ", input.shape)}].",
            nameof(input));
    }
}
