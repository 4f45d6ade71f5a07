using System.Globalization;
using System.Runtime.InteropServices;
using Parallax.Host.Distributed;

namespace Parallax.Host.Cli;

/// <summary>Looks at libtorch, the CPU and the GPU.</summary>
internal static class TorchChecks
{
    /// <summary>Loads libtorch and asks it.</summary>
    public static IEnumerable<Finding> Run()
    {
        yield return new("runtime", FindingState.Ok, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}");
        var library = Torch();
        yield return library;
        if (library.State == FindingState.Failed)
        {
            yield break;
        }

        yield return Bridge();
        yield return Names();
        yield return Cpu();
        yield return new("threads", FindingState.Ok,
            $"{get_num_threads().ToString(CultureInfo.InvariantCulture)} of {Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture)} cores "
                + "(trainer.threads, OMP_NUM_THREADS)");
        yield return new("memory", FindingState.Ok,
            TorchLibrary.KeepsMemory ? "that of big tensors stays in the process for the next one (PARALLAX_ALLOCATOR=system turns it off)"
                : "libtorch's own allocator returns it after each use");
        yield return cuda.is_available()
            ? new("cuda", FindingState.Ok, $"{cuda.device_count().ToString(CultureInfo.InvariantCulture)} device(s), cuDNN "
                + $"{(cuda.is_cudnn_available() ? "found" : "missing")}")
            : new("cuda", FindingState.Ok, "none in this libtorch or machine; runs use the CPU. Build with Torch=cuda, or point LIBTORCH to a CUDA build.");
        yield return Processes();
    }

    private static Finding Processes() => (ProcessGroup.IsAvailable && OpenMpi.Mpirun is not null, cuda.is_available(), ProcessGroup.IsAvailableOnCuda) switch
    {
        (false, _, _) => new("processes", FindingState.Ok, "one; Open MPI is not here, 'train --nproc N' installs it"),
        (true, true, false) => new("processes", FindingState.Warning, "can share a run on CPUs (Open MPI); GPUs need NVIDIA's libnccl2"),
        (true, true, true) => new("processes", FindingState.Ok, "can share a run on CPUs (Open MPI) and on GPUs (NCCL)"),
        _ => new("processes", FindingState.Ok, $"can share a run ({OpenMpi.Mpirun})"),
    };

    private static Finding Torch()
    {
        try
        {
            var loaded = TorchLibrary.Current;
            var asked = Environment.GetEnvironmentVariable("LIBTORCH") is { Length: > 0 } folder ? $" (LIBTORCH={folder})" : "";

            return new("libtorch", FindingState.Ok, $"{torch.__version__} from {loaded.Folder}{asked}");
        }
        catch (DllNotFoundException e)
        {
            return new("libtorch", FindingState.Failed, e.Message);
        }
    }

    private static Finding Bridge() => TorchLibrary.Current is { IsRepaired: true, BridgePath: var copy }
        ? new("torchsharp", FindingState.Ok, $"{copy}, a private copy repaired for this system's C++ library, which is older than the shipped file asks for")
        : new("torchsharp", FindingState.Ok, $"{TorchLibrary.Current.BridgePath}, as shipped");

    private static Finding Names() => Exports.Missing() is { Count: > 0 } missing
        ? new("functions", FindingState.Failed,
            $"{missing.Count.ToString(CultureInfo.InvariantCulture)} of {Exports.All.Count.ToString(CultureInfo.InvariantCulture)} that Parallax calls by "
                + $"name are missing: {string.Join(", ", missing)}. It is written for libtorch {Exports.Version}.")
        : new("functions", FindingState.Ok, $"all {Exports.All.Count.ToString(CultureInfo.InvariantCulture)} that Parallax calls by name are there");

    private static Finding Cpu()
    {
        var flags = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal))?.Split(' ').ToHashSet() ?? []
            : [];
        string[] wanted = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"];
        var found = wanted.Where(flags.Contains).ToList();
        var bf16 = found.Any(flag => flag.EndsWith("bf16", StringComparison.Ordinal)) ? "trainer.precision: bf16 is quick here"
            : "no bf16 arithmetic: trainer.precision: fp32 is the quick one here";

        return new("cpu", FindingState.Ok,
            $"libtorch uses {CpuKernels.Name}; the CPU has {(found.Count == 0 ? "none of " + string.Join(", ", wanted) : string.Join(", ", found))}; {bf16}");
    }
}
