namespace Parallax.Torch.Modules;

/// <summary>Convolution over volumes, [N, C, D, H, W].</summary>
public sealed class Conv3d : Convolution
{
    internal Conv3d(ConvolutionShape shape, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv3d), shape, bias, device, dtype)
    {
    }

    private protected override Tensor Convolve(Tensor input, long[]? edge) => edge is null
        ? F.conv3d_padding(input, weight, bias, stride, padding_type!.Value, dilation, groups)
        : F.conv3d(input, weight, bias, stride, edge, dilation, groups);
}
