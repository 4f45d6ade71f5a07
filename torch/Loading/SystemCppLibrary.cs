using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>What the system's C++ library offers, against what TorchSharp's native library asks for.</summary>
internal static class SystemCppLibrary
{
    /// <summary>Newest version that the shipped file asks for: GCC 13.</summary>
    public const string Wanted = "GLIBCXX_3.4.32";

    /// <summary>Newest version that a repaired copy asks for: GCC 12, as in Debian 12 and Ubuntu 22.04.</summary>
    public const string WantedByRepaired = "GLIBCXX_3.4.30";

    /// <summary>The one symbol for which the shipped file asks for <see cref="Wanted"/>: an empty marker, <c>std::ios_base_library_init()</c>.</summary>
    public const string Marker = "_ZSt21ios_base_library_initv";

    /// <summary>Whether the library of this process has what the shipped file asks for.</summary>
    public static bool FitsShipped() => NativeLibrary.TryLoad("libstdc++.so.6", out var library) && NativeLibrary.TryGetExport(library, Marker, out _);

    /// <summary>What a message of the dynamic linker means for the user.</summary>
    public static string Explain(string message) =>
        message.Contains("GLIBCXX", StringComparison.Ordinal) || message.Contains("GLIBC_", StringComparison.Ordinal)
            ? $"this system's C or C++ library is too old for it. Parallax needs Debian 12, Ubuntu 22.04 or newer (libstdc++ with {WantedByRepaired}). The "
                + $"linker says: {message}"
            : message;
}
