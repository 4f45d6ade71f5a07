namespace Parallax.Torch.Modules;

/// <summary>Convolution over images, [N, C, H, W].</summary>
public sealed class Conv2d : Convolution
{
    internal Conv2d(ConvolutionShape shape, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv2d), shape, bias, device, dtype)
    {
    }

    private protected override Tensor Convolve(Tensor input, long[]? edge) => edge is null
        ? F.conv2d_padding(input, weight, bias, stride, padding_type!.Value, dilation, groups)
        : F.conv2d(input, weight, bias, stride, edge, dilation, groups);
}
