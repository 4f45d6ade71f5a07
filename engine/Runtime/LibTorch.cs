using System.Runtime.InteropServices;
using System.Text;

namespace Parallax.Engine;

/// <summary>The libtorch that is linked. Every member loads it.</summary>
public static unsafe class LibTorch
{
    /// <summary>Version, for example <c>1.13.1</c>.</summary>
    public static string Version => Marshal.PtrToStringUTF8(Native.px_compiled_version())!;

    /// <summary>Build settings as libtorch reports them, several lines.</summary>
    public static string Configuration
    {
        get
        {
            byte* text;
            int length;
            Native.Check(Native.px_config(&text, &length), "config()");

            return Encoding.UTF8.GetString(text, length);
        }
    }

    /// <summary>The instruction set its CPU kernels use on this machine, for example <c>AVX512</c>; empty when it does not say.</summary>
    public static string CpuCapability
    {
        get
        {
            const string Mark = "CPU capability usage: ";
            var line = Configuration.Split('\n').FirstOrDefault(line => line.Contains(Mark, StringComparison.Ordinal));

            return line is null ? "" : line[(line.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..].Trim();
        }
    }
}
