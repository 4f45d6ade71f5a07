namespace Parallax.Torch.Modules;

/// <summary>Transposed convolution over volumes, [N, C, D, H, W]: the gradient of a convolution as a layer.</summary>
public sealed class ConvTranspose3d : ConvolutionTranspose
{
    internal ConvTranspose3d(ConvolutionShape shape, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(ConvTranspose3d), shape, bias, device, dtype)
    {
    }

    private protected override Tensor Convolve(Tensor input, long[]? extra) =>
        F.conv_transpose3d(input, weight, bias, stride, padding, extra, dilation, groups);
}
