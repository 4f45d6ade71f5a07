using TorchSharp.Modules;

namespace Parallax.Host.Experiments;

/// <summary>
/// Strided convolutions over maps so small that a part of the kernel sees nothing but padding, as the last stage of a network sees of a tile of 8 pixels. On a
/// CPU in bfloat16 oneDNN leaves the weights' gradient there as the memory was, numbers up to 1E+38; in float32 it is right.
/// </summary>
internal static class UnseenTaps
{
    private const int FirstSide = 2;   // of [N, C, ...] and of [O, I, ...]

    /// <summary>Lets those of a module convolve in float32. It is a hook, so it acts on <c>call</c> and not on <c>forward</c>.</summary>
    public static void UseFloat32(Module module)
    {
        foreach (var convolution in module.modules().OfType<Convolution>().Where(IsAtRisk))
        {
            convolution.register_forward_hook(
                (_, input, output) => IsLowPrecision(output) && HasUnseen(convolution, input, output) ? InFloat32(convolution, input, output) : output);
        }
    }

    private static bool IsAtRisk(Convolution convolution) => convolution is Conv2d { padding: not null } or Conv3d { padding: not null }
        && convolution.padding_mode == PaddingModes.Zeros && convolution.stride.Any(step => step > 1)
        && convolution.weight.shape[FirstSide..].Any(taps => taps > 1);

    private static bool IsLowPrecision(Tensor output) => output.requires_grad && output.dtype is ScalarType.BFloat16 or ScalarType.Float16;

    private static bool HasUnseen(Convolution convolution, Tensor input, Tensor output)
    {
        var (map, places, kernel) = (input.shape, output.shape, convolution.weight.shape);
        for (var side = 0; side < convolution.stride.Length; side++)
        {
            for (var tap = 0L; tap < kernel[FirstSide + side]; tap++)
            {
                var from = (tap * convolution.dilation[side]) - convolution.padding![side];   // where it lies for the first place
                if (!IsSeen(from, convolution.stride[side], places[FirstSide + side], map[FirstSide + side]))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsSeen(long from, long step, long places, long map)
    {
        for (var place = 0L; place < places; place++)
        {
            if (from + (place * step) >= 0 && from + (place * step) < map)
            {
                return true;
            }
        }

        return false;
    }

    private static Tensor InFloat32(Convolution convolution, Tensor input, Tensor output)
    {
        using var scope = torch.NewDisposeScope();
        using var exact = Parallax.Torch.Autocast.Disabled();
        var (images, weight, bias) = (input.to(torch.float32), convolution.weight.to(torch.float32), convolution.bias?.to(torch.float32));
        var (stride, padding, dilation, groups) = (convolution.stride, convolution.padding, convolution.dilation, convolution.groups);
        var maps = convolution is Conv2d
            ? torch.nn.functional.conv2d(images, weight, bias, stride, padding, dilation, groups)
            : torch.nn.functional.conv3d(images, weight, bias, stride, padding, dilation, groups);

        return maps.to(output.dtype).MoveToOuterDisposeScope();
    }
}
