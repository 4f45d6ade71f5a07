namespace Parallax.Torch.Modules;

/// <summary>Looks rows of a table up by index.</summary>
public sealed class Embedding : Module<Tensor, Tensor>
{
    private readonly long? _paddingIndex;
    private readonly double? _maximumNorm;
    private readonly double _normType;
    private readonly bool _scaleGradientByFrequency;
    private readonly bool _sparse;

    [ComponentName(Name = nameof(weight))]
    private Parameter _weight;

    internal Embedding(Parameter weight, long? padding_idx, double? max_norm, double norm_type, bool scale_grad_by_freq, bool sparse)
        : base(nameof(Embedding))
    {
        var rows = weight.shape[0];
        if (padding_idx is { } index && (index < -rows || index >= rows))
        {
            throw new ArgumentOutOfRangeException(nameof(padding_idx), index, $"Must be in [{-rows}, {rows}), the rows of the table.");
        }

        _paddingIndex = padding_idx < 0 ? padding_idx + rows : padding_idx;
        _maximumNorm = max_norm;
        _normType = norm_type;
        _scaleGradientByFrequency = scale_grad_by_freq;
        _sparse = sparse;
        _weight = ReplaceParameter(nameof(weight), null, weight);
    }

    /// <summary>The table, [rows, width].</summary>
    public Parameter weight
    {
        get => _weight;
        set => _weight = ReplaceParameter(nameof(weight), _weight, value);
    }

    /// <summary>Fills the table with N(0, 1) and the padding row with zeros.</summary>
    internal void Reset()
    {
        init.normal_(_weight);
        if (_paddingIndex is { } index)
        {
            using var noGradient = no_grad();
            using var row = _weight.select(0, index);
            row.zero_();
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (_maximumNorm is { } limit)
        {
            using var noGradient = no_grad();
            using var indices = input.contiguous();
            Ops.embedding_renorm_(_weight, indices, limit, _normType);
        }

        return Ops.embedding(_weight, input, _paddingIndex ?? -1, _scaleGradientByFrequency, _sparse);
    }
}
