using System.Runtime.CompilerServices;

namespace Parallax.Tests;

/// <summary>Every test program loads libtorch through Parallax before tests run side by side: the first use of TorchSharp would look in the system's
/// folders.</summary>
internal static class TorchStart
{
    [ModuleInitializer]
    internal static void Load() => _ = Parallax.Torch.TorchLibrary.Current;
}
