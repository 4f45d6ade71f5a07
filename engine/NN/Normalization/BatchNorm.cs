namespace Parallax.Torch.Modules;

/// <summary>Normalises each channel by the statistics of the batch, or in evaluation by running ones.</summary>
/// <remarks>Ioffe and Szegedy, ICML 2015, https://arxiv.org/abs/1502.03167.</remarks>
public abstract class BatchNorm : NormBase
{
    private readonly int _leastRank;
    private readonly int _mostRank;

    private protected BatchNorm(
        string name, int leastRank, int mostRank,
        long num_features, double eps, double? momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype)
        : base(name, num_features, eps, momentum, affine, track_running_stats, device, dtype)
    {
        _leastRank = leastRank;
        _mostRank = mostRank;
    }

    /// <summary>The processes over whose inputs the statistics of training are taken; null for this process alone.</summary>
    internal ProcessGroup? Processes { get; set; }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        RequireShape(input);
        var factor = momentum ?? 0;
        if (training && num_batches_tracked is { } count)
        {
            count.add_(1);
            factor = momentum ?? 1.0 / count.item<long>();
        }

        if (training && Processes is { } processes)
        {
            return SynchronizedBatchNorm.Normalize(input, weight, bias, running_mean, running_var, factor, eps, processes);
        }

        var useBatch = training || running_mean is null;
        var updates = !training || track_running_stats;
        return F.batch_norm(input, updates ? running_mean : null, updates ? running_var : null, weight, bias, useBatch, factor, eps);
    }

    private void RequireShape(Tensor input)
    {
        var rank = input.dim();
        if (rank < _leastRank || rank > _mostRank || input.size(1) != num_features)
        {
            var ranks = _leastRank == _mostRank ? $"{_leastRank}" : $"{_leastRank} or {_mostRank}";
            throw new ArgumentException(
                $"{GetName()} expects [N, {num_features}, ...] with {ranks} dimensions, got [{string.Join(", ", input.shape)}].", nameof(input));
        }
    }
}
