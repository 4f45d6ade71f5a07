namespace Parallax.Benchmarks.Gate;

/// <summary>A kind of number that the baseline holds.</summary>
/// <param name="Name">As it stands in the baseline.</param>
/// <param name="Relative">Growth that is allowed, a fraction of the baseline.</param>
/// <param name="Absolute">Growth that is allowed in any case, in the number's own unit.</param>
/// <param name="Of">What has to be the same for two numbers to be comparable.</param>
internal sealed record NumberKind(string Name, double Relative, double Absolute, Scope Of)
{
    /// <summary>Calls of libtorch's operators, those inside others included.</summary>
    public static readonly NumberKind Operators = new("operators", 0, 0, Scope.Kernels);

    /// <summary>Tensor objects that .NET code received.</summary>
    public static readonly NumberKind Tensors = new("tensors", 0, 0, Scope.Libtorch);

    /// <summary>Bytes of managed memory allocated by the calling thread.</summary>
    public static readonly NumberKind ManagedBytes = new("managed-bytes", 0.01, 256, Scope.Runtime);

    /// <summary>Blocks of memory that libtorch asked for, small tensors included.</summary>
    public static readonly NumberKind NativeBlocks = new("native-blocks", 0, 0, Scope.Kernels);

    /// <summary>Most bytes that live in such blocks at one time, above what lived at the start.</summary>
    public static readonly NumberKind NativePeakBytes = new("native-peak-bytes", 0.01, 4096, Scope.Kernels);

    /// <summary>Processor time beside that of the peer, measured in turn.</summary>
    public static readonly NumberKind Ratio = new("ratio", 0.1, 0, Scope.Processor);

    /// <summary>Those that no noise touches.</summary>
    public static readonly IReadOnlyList<NumberKind> Counts = [ManagedBytes, NativeBlocks, NativePeakBytes, Operators, Tensors];

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<NumberKind> All = [.. Counts, Ratio];
}

/// <summary>What a number depends on beside the code; each includes those before it.</summary>
internal enum Scope
{
    /// <summary>The release of libtorch.</summary>
    Libtorch,

    /// <summary>And that of .NET.</summary>
    Runtime,

    /// <summary>And the instruction set that libtorch's kernels use.</summary>
    Kernels,

    /// <summary>And the model of the processor.</summary>
    Processor,
}
