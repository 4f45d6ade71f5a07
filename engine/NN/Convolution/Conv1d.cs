namespace Parallax.Torch.Modules;

/// <summary>Convolution over sequences, [N, C, L].</summary>
public sealed class Conv1d : Convolution
{
    internal Conv1d(ConvolutionShape shape, bool bias, Device? device, ScalarType? dtype)
        : base(nameof(Conv1d), shape, bias, device, dtype)
    {
    }

    private protected override Tensor Convolve(Tensor input, long[]? edge) => edge is null
        ? F.conv1d_padding(input, weight, bias, stride[0], padding_type!.Value, dilation[0], groups)
        : F.conv1d(input, weight, bias, stride[0], edge[0], dilation[0], groups);
}
