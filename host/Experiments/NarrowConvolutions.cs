using TorchSharp.Modules;

namespace Parallax.Host.Experiments;

/// <summary>
/// Strided 1x1 convolutions of few channels, which on a CPU must never see an input with channels last
/// (<see cref="MemoryLayout.ObstacleToChannelsLast"/>).
/// </summary>
internal static class NarrowConvolutions
{
    private const long FloatsPerVector = 16;

    /// <summary>
    /// Lets those of a module copy such an input into the plain order, whatever brought it into the other one, for example a permuted map of tokens.
    /// It is a hook, so it acts on <c>call</c> and not on <c>forward</c>.
    /// </summary>
    public static void KeepPlain(Module module)
    {
        foreach (var convolution in module.modules().OfType<Conv2d>().Where(IsNarrowAndStrided))
        {
            convolution.register_forward_pre_hook((_, images) => images.contiguous());
        }
    }

    private static bool IsNarrowAndStrided(Conv2d convolution) =>
        convolution.weight.shape is [_, < FloatsPerVector, 1, 1] && convolution.stride.Any(step => step > 1);
}
