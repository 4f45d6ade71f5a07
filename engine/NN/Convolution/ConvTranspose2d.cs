namespace Parallax.Torch.Modules;

/// <summary>Transposed convolution over images, [N, C, H, W]: the gradient of a convolution as a layer.</summary>
public sealed class ConvTranspose2d : ConvolutionTranspose
{
    internal ConvTranspose2d(ConvolutionShape shape, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(ConvTranspose2d), shape, bias, device, dtype)
    {
    }

    private protected override Tensor Convolve(Tensor input, long[]? extra) =>
        F.conv_transpose2d(input, weight, bias, stride, padding, extra, dilation, groups);
}
