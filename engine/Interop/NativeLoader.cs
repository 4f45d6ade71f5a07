using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Parallax.Engine;

/// <summary>Finds and starts the shim on the first native call; a program that touches no tensor loads no libtorch.</summary>
internal static unsafe class NativeLoader
{
    private const int Abi = 1;
    private const string FileName = "libparallax_torch.so";
    private static readonly Lock s_gate = new();
    private static nint s_library;

    /// <summary>Raised for each warning of libtorch, on the thread that caused it.</summary>
    internal static event Action<string>? Warned;

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "only registers the resolver; the library itself loads on first use")]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLoader).Assembly, (name, assembly, path) => name == Native.Library ? Load() : 0);

    private static nint Load()
    {
        lock (s_gate)
        {
            if (s_library == 0)
            {
                var file = Locate();
                nint library;
                try
                {
                    library = NativeLibrary.Load(file);
                }
                catch (DllNotFoundException e)
                {
                    throw new DllNotFoundException($"'{file}' or a library it needs (libtorch, libc10) could not be loaded. Install libtorch-dev, or set LIBTORCH to a libtorch folder and build again. {e.Message}", e);
                }

                Start(library, file);
                s_library = library;
            }

            return s_library;
        }
    }

    internal static string Locate()
    {
        var file = Environment.GetEnvironmentVariable("PARALLAX_NATIVE") ?? Path.Combine(Path.GetDirectoryName(typeof(NativeLoader).Assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory, FileName);
        return File.Exists(file) ? file
            : throw new DllNotFoundException($"The native part of the engine is not at '{file}'. Build the solution (it compiles {FileName}), or set PARALLAX_NATIVE to its path.");
    }

    private static void Start(nint library, string file)
    {
        var abi = ((delegate* unmanaged<int>)NativeLibrary.GetExport(library, "px_abi"))();
        if (abi != Abi)
        {
            throw new DllNotFoundException($"'{file}' has interface {abi}, this engine needs {Abi}. Build the solution again.");
        }

        var code = ((delegate* unmanaged<delegate* unmanaged<byte*, int, void>, int>)NativeLibrary.GetExport(library, "px_init"))(&OnWarning);
        byte* text;
        int length;
        if (code != 0)
        {
            ((delegate* unmanaged<byte**, int*, void>)NativeLibrary.GetExport(library, "px_last_error"))(&text, &length);
            throw new DllNotFoundException($"libtorch did not start: {Encoding.UTF8.GetString(text, length)}");
        }

        ((delegate* unmanaged<byte**, int*, int>)NativeLibrary.GetExport(library, "px_config"))(&text, &length);
        var compiled = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "px_compiled_version"))())!;
        RequireSameVersion(compiled, Encoding.UTF8.GetString(text, length));
    }

    /// <summary>A shim compiled for one libtorch must not run on another: layouts of C++ objects differ.</summary>
    internal static void RequireSameVersion(string compiled, string configuration)
    {
        const string Mark = "TORCH_VERSION=";
        var start = configuration.IndexOf(Mark, StringComparison.Ordinal);
        if (start < 0)
        {
            return;
        }

        start += Mark.Length;
        var end = configuration.IndexOfAny([',', '\n', ' '], start);
        var running = configuration[start..(end < 0 ? configuration.Length : end)];
        if (!running.StartsWith(compiled, StringComparison.Ordinal))
        {
            throw new DllNotFoundException($"The engine's native part was compiled for libtorch {compiled}, but libtorch {running} was loaded. Set LIBTORCH to the one to use and build again.");
        }
    }

    [UnmanagedCallersOnly]
    private static void OnWarning(byte* text, int length)
    {
        try
        {
            Warned?.Invoke(Encoding.UTF8.GetString(text, length));
        }
        catch (Exception e)
        {
            // Nothing may leave into C++; an observer that fails must not stop training.
            System.Diagnostics.Trace.TraceError($"A handler of libtorch warnings failed: {e}");
        }
    }
}
