using System.Runtime.InteropServices;
using System.Text;

namespace Parallax.Engine;

/// <summary>The libtorch that runs, and its process-wide switches.</summary>
public static class TorchRuntime
{
    /// <summary>Raised for each warning of libtorch, on the thread that caused it; without a handler warnings are dropped.</summary>
    public static event Action<string>? Warned
    {
        add => NativeLoader.Warned += value;
        remove => NativeLoader.Warned -= value;
    }

    /// <summary>Version of the libtorch that the native part was compiled for and runs on, for example "1.13.0".</summary>
    public static string Version => Marshal.PtrToStringUTF8(Native.px_compiled_version())!;

    /// <summary>How libtorch was built and what CPU it uses, several lines.</summary>
    public static unsafe string Configuration
    {
        get
        {
            byte* text;
            int length;
            Native.Check(Native.px_config(&text, &length), "configuration");
            return Encoding.UTF8.GetString(text, length);
        }
    }

    /// <summary>Path of the loaded native part.</summary>
    public static string NativeLibraryPath => NativeLoader.Locate();

    /// <summary>Operators give the same result each time; those that cannot throw.</summary>
    public static bool DeterministicAlgorithms
    {
        get => Get(Flag.Deterministic);
        set => Set(Flag.Deterministic, value);
    }

    /// <summary>cuDNN tries its convolution algorithms once per shape and keeps the fastest.</summary>
    public static bool CudnnBenchmark
    {
        get => Get(Flag.CudnnBenchmark);
        set => Set(Flag.CudnnBenchmark, value);
    }

    /// <summary>cuDNN uses algorithms only that give the same result each time.</summary>
    public static bool CudnnDeterministic
    {
        get => Get(Flag.CudnnDeterministic);
        set => Set(Flag.CudnnDeterministic, value);
    }

    /// <summary>Convolutions and matrix products on the CPU may use oneDNN.</summary>
    public static bool OneDnn
    {
        get => Get(Flag.OneDnn);
        set => Set(Flag.OneDnn, value);
    }

    /// <summary>The schemas of all operators of the running libtorch, sorted.</summary>
    public static unsafe IReadOnlyList<string> OperatorSchemas()
    {
        byte* text;
        long length;
        Native.Check(Native.px_schemas(&text, &length), "operator schemas");
        var lines = Encoding.UTF8.GetString(text, checked((int)length)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Array.Sort(lines, StringComparer.Ordinal);
        return lines;
    }

    internal static unsafe bool Get(Flag flag)
    {
        int value;
        Native.Check(Native.px_get_flag((int)flag, &value), flag.ToString());
        return value != 0;
    }

    internal static void Set(Flag flag, bool value) => Native.Check(Native.px_set_flag((int)flag, value ? 1 : 0), flag.ToString());

    /// <summary>As <c>px_flag</c> in px_runtime.cpp.</summary>
    internal enum Flag
    {
        Deterministic = 0,
        CudnnBenchmark = 1,
        CudnnDeterministic = 2,
        Tf32Cublas = 3,
        Tf32Cudnn = 4,
        Fp16Reduction = 5,
        OneDnn = 6,
        FlashAttention = 7,
        MathAttention = 8,
        Cudnn = 9,
    }
}
