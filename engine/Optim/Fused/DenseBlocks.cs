namespace Parallax.Engine;

/// <summary>What a rule works on: a tensor that changes, one that is read, and buffers.</summary>
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
        _alive.AddRange([target, source, operand.Buffers]);
        return new DenseBlock
        {
            Parameter = DenseMemory.Address(target),
            Gradient = source is null ? null : DenseMemory.Address(source),
            First = Buffer(operand, 0, target),
            Second = Buffer(operand, 1, target),
            Third = Buffer(operand, 2, target),
            Count = (nint)target.numel(),
            Type = RequireReal(target.dtype),
        };
    }

    private Tensor DenseOf(Tensor target)
    {
        if (DenseMemory.IsDense(target))
        {
            return target;
        }

        var copy = torch.empty_like(target).copy_(target);
        _copies.Add((copy, target));
        return copy;
    }

    private static void* Buffer(DenseOperand operand, int index, Tensor target)
    {
        if (operand.Buffers is null || index >= operand.Buffers.Count || operand.Buffers[index] is not { } buffer)
        {
            return null;
        }

        return DenseMemory.HaveSameOrder(buffer, target)
            ? DenseMemory.Address(buffer)
            : throw new InvalidOperationException($"A buffer of a parameter of shape [{string.Join(", ", target.shape)}] lies in another memory order than the parameter.");
    }

    private static torch.ScalarType RequireReal(torch.ScalarType type) =>
        type is torch.ScalarType.Float32 or torch.ScalarType.Float64 or torch.ScalarType.BFloat16 or torch.ScalarType.Float16
            ? type
            : throw new NotSupportedException($"Optimizers and averages work on float32, float64, bfloat16 and float16; {type} came.");
}
