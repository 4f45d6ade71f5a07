namespace Parallax.Torch.Modules;

/// <summary>What all transposed convolutions share.</summary>
public abstract class ConvolutionTranspose : Convolution
{
    private protected ConvolutionTranspose(string name, ConvolutionShape shape, bool bias, Device? device, ScalarType? dtype)
        : base(name, shape with { Transposed = true }, bias, device, dtype)
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => forward(input, null);

    /// <summary>Computes an output of a given size, which the stride leaves open.</summary>
    /// <param name="input">[N, C, ...].</param>
    /// <param name="output_size">Spatial sizes, or all sizes; null takes <see cref="Convolution.output_padding"/>.</param>
    public Tensor forward(Tensor input, long[]? output_size)
    {
        RequireChannels(input);
        return Convolve(input, output_size is null ? output_padding : Extra(input, output_size));
    }

    private long[] Extra(Tensor input, long[] outputSize)
    {
        var dimensions = kernel_size.Length;
        var spatial = input.shape[^dimensions..];
        var wanted = outputSize.Length > dimensions ? outputSize[^dimensions..] : outputSize;
        if (wanted.Length < dimensions)
        {
            throw new ArgumentException($"output_size needs {dimensions} sizes, got {outputSize.Length}.", nameof(outputSize));
        }

        var extra = new long[dimensions];
        for (var d = 0; d < dimensions; d++)
        {
            var least = ((spatial[d] - 1) * stride[d]) - (2 * padding![d]) + (dilation[d] * (kernel_size[d] - 1)) + 1;
            extra[d] = wanted[d] - least;
            if (extra[d] < 0 || extra[d] >= stride[d])
            {
                throw new ArgumentException($"output_size[{d}] must be in [{least}, {least + stride[d]}), got {wanted[d]}.", nameof(outputSize));
            }
        }

        return extra;
    }
}
