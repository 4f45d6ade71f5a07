namespace Parallax.Host.Distributed;

/// <summary>The processes as a step sees them: what it exchanges must be declared, with one process too, so that a method that forgot shows it before it ever
/// runs on many.</summary>
internal sealed class StepProcesses(World world, IMethod method) : IProcesses
{
    private readonly ProcessExchange _declared = (method as IGathered)?.Exchange ?? ProcessExchange.Nothing;

    /// <inheritdoc/>
    public int Count => world.Count;

    /// <inheritdoc/>
    public Tensor Gather(Tensor rows)
    {
        Require(ProcessExchange.GatheredBatch, nameof(Gather));

        return world.Group is { } group ? DistributedFunctions.Gather(rows, group) : rows;
    }

    /// <inheritdoc/>
    public Tensor Mean(Tensor value)
    {
        Require(ProcessExchange.ReducedStatistics, nameof(Mean));

        return world.Group is { } group ? DistributedFunctions.Mean(value, group) : value;
    }

    /// <inheritdoc/>
    public Tensor Own(Tensor rows)
    {
        var count = rows.shape[0] / Count;
        if (count * Count != rows.shape[0])
        {
            throw new ArgumentException($"{rows.shape[0]} rows are not those of a whole batch over {Count} processes; expected a multiple of {Count}.",
                nameof(rows));
        }

        return Count == 1 ? rows : rows.narrow(0, world.Rank * count, count);
    }

    private void Require(ProcessExchange exchange, string member)
    {
        if (!_declared.HasFlag(exchange))
        {
            throw new InvalidOperationException(
                $"{method.GetType().Name} calls Processes.{member} in a step but does not declare it. Implement {nameof(IGathered)} and let its "
                    + $"{nameof(IGathered.Exchange)} contain {nameof(ProcessExchange)}.{exchange}.");
        }
    }
}
