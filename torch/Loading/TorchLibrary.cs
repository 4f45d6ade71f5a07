using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Parallax.Torch;

/// <summary>Finds libtorch and TorchSharp's native library, repairs the latter where the system's C++ library is too old for it, and loads both.</summary>
/// <remarks>
/// Loading happens by itself when the first tensor operation of the process needs it; a program that touches no tensor loads nothing.
/// The folder is, in this order: <c>LIBTORCH</c> (or <c>lib/</c> below it), the one that <c>Parallax.TorchFolder</c> in runtimeconfig.json names,
/// <c>torch/</c> beside the program (as published), the one that the build filled.
/// </remarks>
public static class TorchLibrary
{
    /// <summary>Name of TorchSharp's native library.</summary>
    internal const string BridgeFile = "libLibTorchSharp.so";

    private const string FolderVariable = "LIBTORCH";
    private const string FolderSetting = "Parallax.TorchFolder";   // in runtimeconfig.json
    private static readonly string[] InOrder = ["libtorch_global_deps.so", "libc10.so", "libtorch_cpu.so"];
    private static readonly string[] OfCuda = ["libc10_cuda.so", "libtorch_cuda.so"];
    private static readonly Lazy<LoadedTorch> Loaded = new(LoadAll);
    private static int _isRegistered;

    /// <summary>What was loaded, and from where. Reading it loads it.</summary>
    /// <exception cref="DllNotFoundException">A library is missing, or this system is too old for it; the message says what to do.</exception>
    public static LoadedTorch Current => Loaded.Value;

    /// <summary>Whether the memory of big CPU tensors is kept for the next ones, instead of going back to the kernel.</summary>
    public static bool KeepsMemory => TensorAllocator.IsInstalled;

    /// <summary>Why loading failed; null when it did not, or was not tried: the reason behind whatever failure of tensors follows.</summary>
    public static string? Failure { get; private set; }

    /// <summary>Makes libtorch load through this class as soon as TorchSharp's assembly is loaded. Costs nothing; may be called any number of times.</summary>
    /// <remarks>
    /// A program calls it before its first use of TorchSharp; every type of this assembly does it too. TorchSharp would look for libraries by name in the
    /// system's folders first, and another libtorch found there ends the process: it must come too late. A program with several threads reads
    /// <see cref="Current"/> before they start.
    /// </remarks>
#pragma warning disable CA2255 // a library that must be in place before TorchSharp looks for its own files
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void Register()
    {
        if (Interlocked.Exchange(ref _isRegistered, 1) != 0)
        {
            return;
        }

        AppDomain.CurrentDomain.AssemblyLoad += (_, loaded) => Prepare(loaded.LoadedAssembly);
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            Prepare(assembly);
        }
    }

    private static void Prepare(Assembly assembly)
    {
        if (assembly.GetName().Name != "TorchSharp")
        {
            return;
        }

        // Also answers for the name of TorchSharp's own library, wherever it lies, and throws the reason when it could not be loaded.
        NativeLibrary.SetDllImportResolver(assembly, (name, _, _) => name is "LibTorchSharp" or BridgeFile ? Current.Bridge : 0);
        try
        {
            _ = Current;
        }
        catch (DllNotFoundException)
        {
            // Told where it is asked for: by Current, Failure, or the first call into the library.
        }
    }

    private static LoadedTorch LoadAll()
    {
        try
        {
            return LoadFiles();
        }
        catch (DllNotFoundException e)
        {
            Failure = e.Message;
            throw;
        }
    }

    private static LoadedTorch LoadFiles()
    {
        var own = OwnFolder();
        var folder = TorchFolder(own);
        CpuThreads.Prepare();
        Allocator.Configure();
        foreach (var file in InOrder)
        {
            LoadFile(Path.Combine(folder, file));
        }

        foreach (var file in OfCuda.Where(file => File.Exists(Path.Combine(folder, file))))
        {
            LoadFile(Path.Combine(folder, file));
        }

        LoadFile(Path.Combine(folder, "libtorch.so"));
        if (Allocator.IsWanted)
        {
            TensorAllocator.Install(NativeLibrary.Load(Path.Combine(folder, "libc10.so")));
        }

        var shipped = new[] { folder, own }.Select(place => Path.Combine(place, BridgeFile)).FirstOrDefault(File.Exists)
            ?? throw new DllNotFoundException(
            $"{BridgeFile} is neither in {folder} nor in {own}. Build again with './parallax', or publish with eng/publish.sh.");
        var (bridge, isRepaired) = BridgeRepair.Fitting(shipped);
        return new LoadedTorch(folder, bridge, isRepaired, LoadFile(bridge), NativeLibrary.Load(Path.Combine(folder, "libtorch_cpu.so")));
    }

    private static string OwnFolder()
    {
        string?[] published = [AppContext.GetData(FolderSetting) as string, Path.Combine(AppContext.BaseDirectory, "torch")];
        return published.FirstOrDefault(Directory.Exists)
            ?? typeof(TorchLibrary).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "TorchFolder").Value!;
    }

    private static string TorchFolder(string own)
    {
        if (Environment.GetEnvironmentVariable(FolderVariable) is not { Length: > 0 } asked)
        {
            return File.Exists(Path.Combine(own, "libtorch_cpu.so"))
                ? own
                : throw new DllNotFoundException($"libtorch_cpu.so is not in {own}. Build again with './parallax', or set {FolderVariable} to the folder "
                    + $"of a libtorch {Exports.Version}.");
        }

        return new[] { asked, Path.Combine(asked, "lib") }.FirstOrDefault(place => File.Exists(Path.Combine(place, "libtorch_cpu.so")))
            ?? throw new DllNotFoundException($"{FolderVariable} is {asked}, but neither {asked}/libtorch_cpu.so nor {asked}/lib/libtorch_cpu.so exists. "
                + $"Give the folder of a libtorch {Exports.Version}, for example torch/lib of a Python installation, or unset it.");
    }

    private static nint LoadFile(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException($"{path} cannot be loaded: {SystemCppLibrary.Explain(e.Message)}", e);
        }
    }
}

/// <summary>What <see cref="TorchLibrary"/> loaded.</summary>
/// <param name="Folder">Folder of libtorch.</param>
/// <param name="BridgePath">TorchSharp's native library: the shipped file, or a repaired private copy.</param>
/// <param name="IsRepaired">Whether it is a repaired copy, because the system's C++ library is older than the file asks for.</param>
/// <param name="Bridge">Handle of TorchSharp's native library.</param>
/// <param name="Torch">Handle of <c>libtorch_cpu.so</c>.</param>
public sealed record LoadedTorch(string Folder, string BridgePath, bool IsRepaired, nint Bridge, nint Torch);
