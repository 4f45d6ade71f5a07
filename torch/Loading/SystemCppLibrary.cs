using System.Runtime.InteropServices;
using System.Text;

namespace Parallax.Torch;

/// <summary>What the system's C++ library offers, against what TorchSharp's native library asks for.</summary>
internal static class SystemCppLibrary
{
    /// <summary>Newest version that the shipped file asks for: GCC 13.</summary>
    public const string Wanted = "GLIBCXX_3.4.32";

    /// <summary>Newest version that a repaired copy asks for: GCC 12, as in Debian 12 and Ubuntu 22.04.</summary>
    public const string WantedByRepaired = "GLIBCXX_3.4.30";

    /// <summary>Whether a file can be loaded as shipped.</summary>
    public static bool Fits(string file) => Offers(Wanted) || !File.ReadAllBytes(file).AsSpan().ContainsText(Wanted);

    /// <summary>Whether the libstdc++ of this process knows a version.</summary>
    public static bool Offers(string version) => Path() is not { } path || File.ReadAllBytes(path).AsSpan().ContainsText(version);

    /// <summary>What a message of the dynamic linker means for the user.</summary>
    public static string Explain(string message) =>
        message.Contains("GLIBCXX", StringComparison.Ordinal) || message.Contains("GLIBC_", StringComparison.Ordinal)
            ? $"this system's C or C++ library is too old for it. Parallax needs Debian 12, Ubuntu 22.04 or newer (libstdc++ with {WantedByRepaired}). The linker says: {message}"
            : message.Contains("undefined symbol", StringComparison.Ordinal)
                ? $"it does not fit the libtorch that was loaded; expected libtorch {Exports.Version}. Let LIBTORCH name a folder of that release, or unset it. The linker says: {message}"
                : message;

    /// <summary>File of the libstdc++ that this process uses; null when there is none.</summary>
    public static string? Path()
    {
        if (!NativeLibrary.TryLoad("libstdc++.so.6", out _))
        {
            return null;
        }

        return File.ReadLines("/proc/self/maps")
            .Where(line => line.Contains("/libstdc++.so", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..])
            .FirstOrDefault();
    }

    private static bool ContainsText(this Span<byte> bytes, string text) => bytes.IndexOf(Encoding.ASCII.GetBytes(text + "\0")) >= 0;
}
