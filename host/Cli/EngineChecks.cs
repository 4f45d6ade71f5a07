using System.Globalization;
using System.Runtime.InteropServices;
using Parallax.Engine;

namespace Parallax.Host.Cli;

/// <summary>Looks at libtorch, the CPU and the GPU.</summary>
internal static class EngineChecks
{
    /// <summary>Loads libtorch and asks it.</summary>
    public static IEnumerable<Finding> Run()
    {
        yield return new("runtime", FindingState.Ok, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}");
        var torch = Torch();
        yield return torch;
        if (torch.State == FindingState.Failed)
        {
            yield break;
        }

        yield return Cpu();
        yield return new("threads", FindingState.Ok,
            $"{get_num_threads().ToString(CultureInfo.InvariantCulture)} of {Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)} cores (trainer.threads, OMP_NUM_THREADS)");
        yield return Blas();
        yield return cuda.is_available()
            ? new("cuda", FindingState.Ok, $"{cuda.device_count().ToString(CultureInfo.InvariantCulture)} device(s), cuDNN {(cuda.is_cudnn_available() ? "found" : "missing")}")
            : new("cuda", FindingState.Ok, "none in this libtorch or machine; runs use the CPU. LIBTORCH can point to a CUDA build.");
        yield return Processes();
    }

    private static Finding Processes() => (ProcessGroup.IsAvailable(CollectiveBackend.Gloo), ProcessGroup.IsAvailable(CollectiveBackend.Nccl)) switch
    {
        (true, true) => new("processes", FindingState.Ok, "can share a run on CPUs (Gloo) and on GPUs (NCCL)"),
        (true, false) => new("processes", FindingState.Ok, "can share a run on CPUs (Gloo); for GPUs the engine needs a CUDA libtorch and nccl.h when it is built"),
        (false, true) => new("processes", FindingState.Ok, "can share a run on GPUs (NCCL); for CPUs the engine needs libgloo-dev when it is built"),
        _ => new("processes", FindingState.Warning, "each run has one process only: the engine was built without Gloo (libgloo-dev) and NCCL"),
    };

    private static Finding Torch()
    {
        try
        {
            var version = LibTorch.Version;
            var file = Mapped("libtorch_cpu") ?? Mapped("libtorch") ?? "an unknown place";
            var asked = Environment.GetEnvironmentVariable("LIBTORCH") is { Length: > 0 } folder ? $" (LIBTORCH={folder})" : "";

            return new("libtorch", FindingState.Ok, $"{version} from {file}{asked}");
        }
        catch (DllNotFoundException e)
        {
            return new("libtorch", FindingState.Failed, e.Message);
        }
        catch (TypeInitializationException e) when (e.InnerException is DllNotFoundException cause)
        {
            return new("libtorch", FindingState.Failed, cause.Message);
        }
    }

    private static Finding Cpu()
    {
        var flags = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal))?.Split(' ').ToHashSet() ?? []
            : [];
        string[] wanted = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"];
        var found = wanted.Where(flags.Contains).ToList();
        var bf16 = found.Any(flag => flag.EndsWith("bf16", StringComparison.Ordinal)) ? "trainer.precision: bf16 is quick here" : "no bf16 arithmetic: trainer.precision: fp32 is the quick one here";

        return new("cpu", FindingState.Ok, $"libtorch uses {LibTorch.CpuCapability}; the CPU has {(found.Count == 0 ? "none of " + string.Join(", ", wanted) : string.Join(", ", found))}; {bf16}");
    }

    private static Finding Blas() => (Mapped("blas") ?? Mapped("mkl")) switch
    {
        null => new("blas", FindingState.Ok, "inside libtorch"),
        var file when file.Contains("/blas/", StringComparison.Ordinal) =>
            new("blas", FindingState.Warning, $"{file} is the reference BLAS: one thread, slow. Install libopenblas-dev."),
        var file => new("blas", FindingState.Ok, file),
    };

    /// <summary>File of a loaded library whose name begins with "lib" or the given text.</summary>
    private static string? Mapped(string name)
    {
        if (!File.Exists("/proc/self/maps"))
        {
            return null;
        }

        return File.ReadLines("/proc/self/maps")
            .Select(line => line[(line.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? slash : line.Length)..])
            .FirstOrDefault(file => Path.GetFileName(file).Contains(name, StringComparison.Ordinal));
    }
}
