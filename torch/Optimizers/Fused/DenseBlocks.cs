namespace Parallax.Torch;

/// <summary>What an update works on: a tensor that changes, one of the same shape that is read, and buffers in the memory order of the first.</summary>
internal readonly record struct DenseOperand(Tensor Target, Tensor? Source = null, IReadOnlyList<Tensor?>? Buffers = null);

/// <summary>Tensors on the CPU laid out for <see cref="Sweep"/>.</summary>
/// <remarks>A target with gaps (a view) goes through a dense copy, written back on dispose; a source in another type or memory order is copied.</remarks>
internal sealed unsafe class DenseBlocks : IDisposable
{
    private readonly List<(Tensor Copy, Tensor Target)> _copies = [];
    private readonly List<object?> _alive = [];
    private readonly DenseBlock[] _blocks;

    public DenseBlocks(IEnumerable<DenseOperand> operands) => _blocks = [.. operands.Select(Block)];

    /// <summary>Applies one rule to each target.</summary>
    public void Update<TRule>(Func<int, TRule> rule)
        where TRule : struct, IUpdateRule => Sweep.Update(_blocks, Rules(rule));

    /// <summary>Sums over each target.</summary>
    public Sums[] Reduce<TRule>(Func<int, TRule> rule)
        where TRule : struct, IReduceRule => Sweep.Reduce(_blocks, Rules(rule));

    public void Dispose()
    {
        foreach (var (copy, target) in _copies)
        {
            target.copy_(copy);
        }

        GC.KeepAlive(_alive);
    }

    private TRule[] Rules<TRule>(Func<int, TRule> rule)
    {
        var rules = new TRule[_blocks.Length];
        for (var i = 0; i < rules.Length; i++)
        {
            rules[i] = rule(i);
        }

        return rules;
    }

    private DenseBlock Block(DenseOperand operand)
    {
        var target = DenseOf(operand.Target);
        var source = operand.Source is null ? null : DenseMemory.Matching(operand.Source, target);
        _alive.Add(target);
        _alive.Add(source);
        _alive.Add(operand.Buffers);
        var layout = new TensorLayout(target);
        return new DenseBlock
        {
            Parameter = TensorMemory.Address(target),
            Gradient = source is null ? null : TensorMemory.Address(source),
            First = Buffer(operand, 0, layout),
            Second = Buffer(operand, 1, layout),
            Third = Buffer(operand, 2, layout),
            Count = (nint)layout.Count,
            Type = RequireReal(layout.Type),
        };
    }

    private Tensor DenseOf(Tensor target)
    {
        if (new TensorLayout(target).IsDense)
        {
            return target;
        }

        var copy = torch.empty_like(target).copy_(target);
        _copies.Add((copy, target));
        return copy;
    }

    private static void* Buffer(DenseOperand operand, int index, in TensorLayout target)
    {
        if (operand.Buffers is null || index >= operand.Buffers.Count || operand.Buffers[index] is not { } buffer)
        {
            return null;
        }

        return new TensorLayout(buffer).HasOrderOf(target)
            ? TensorMemory.Address(buffer)
            : throw new InvalidOperationException($"A buffer of a parameter of shape [{string.Join(", ", target.Shape.ToArray())}] lies in another memory "
                + "order than the parameter.");
    }

    private static ScalarType RequireReal(ScalarType type) =>
        type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16 or ScalarType.Float16
            ? type
            : throw new NotSupportedException($"Optimizers and averages work on float32, float64, bfloat16 and float16; {type} came.");
}
