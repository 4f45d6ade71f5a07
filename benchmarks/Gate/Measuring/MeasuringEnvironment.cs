using System.Globalization;

namespace Parallax.Benchmarks.Gate;

/// <summary>Where numbers were measured.</summary>
/// <param name="Libtorch">Release of libtorch.</param>
/// <param name="Dotnet">Release of .NET, without the number of the patch.</param>
/// <param name="Kernels">Instruction set of libtorch's CPU kernels, for example AVX512.</param>
/// <param name="Processor">Model of the processor.</param>
/// <param name="Threads">Threads of libtorch.</param>
internal sealed record MeasuringEnvironment(string Libtorch, string Dotnet, string Kernels, string Processor, int Threads)
{
    /// <summary>This process.</summary>
    public static MeasuringEnvironment OfThisProcess() => new(
        Exports.Version, Environment.Version.ToString(2), CpuKernels.Name, ProcessorModel(), torch.get_num_threads());

    /// <summary>What makes numbers of a kind not comparable with those of another environment; null when nothing does.</summary>
    /// <param name="baseline">The other one.</param>
    /// <param name="scope">What such numbers depend on.</param>
    public string? DifferenceFrom(MeasuringEnvironment baseline, Scope scope) =>
        Different("libtorch", baseline.Libtorch, Libtorch)
        ?? Different("threads", Text(baseline.Threads), Text(Threads))
        ?? (scope >= Scope.Runtime ? Different(".NET", baseline.Dotnet, Dotnet) : null)
        ?? (scope >= Scope.Kernels ? Different("CPU kernels", baseline.Kernels, Kernels) : null)
        ?? (scope >= Scope.Processor ? Different("processor", baseline.Processor, Processor) : null);

    private static string? Different(string what, string baseline, string here) => baseline == here ? null : $"{what}: baseline {baseline}, here {here}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string ProcessorModel()
    {
        const string key = "model name";
        var line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal)) : null;

        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "unknown";
    }
}
