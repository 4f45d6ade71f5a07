namespace Parallax.Torch.Modules;

/// <summary>Transposed convolution over sequences, [N, C, L]: the gradient of a convolution as a layer.</summary>
public sealed class ConvTranspose1d : ConvolutionTranspose
{
    internal ConvTranspose1d(ConvolutionShape shape, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(ConvTranspose1d), shape, bias, device, dtype)
    {
    }

    private protected override Tensor Convolve(Tensor input, long[]? extra) =>
        F.conv_transpose1d(input, weight, bias, stride[0], padding![0], extra![0], dilation[0], groups);
}
