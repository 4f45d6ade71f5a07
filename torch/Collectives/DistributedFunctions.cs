namespace Parallax.Torch;

/// <summary>Exchanges between processes that gradients flow through.</summary>
/// <remarks>
/// The gradients are those of the sum of all processes' losses. When the gradients of the parameters are then averaged over the processes
/// (<see cref="GradientReducer"/>), the result is the gradient of the mean loss, as one process with the whole batch computes it.
/// All processes must run the same graph forwards and backwards.
/// </remarks>
public static class DistributedFunctions
{
    /// <summary>The rows of all processes in the order of their ranks. Backward: the gradient's sum over processes, of it the own rows.</summary>
    /// <param name="rows">[N, ...], the same shape on all processes; other than floating-point types pass without gradient.</param>
    /// <param name="group">The processes.</param>
    /// <returns>[N * Size, ...], equal on all processes.</returns>
    public static Tensor Gather(Tensor rows, ProcessGroup group)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(group);
        if (group.Size == 1)
        {
            return rows.alias();
        }

        return rows.is_floating_point() ? GatherRows.Run(group, rows) : group.AllGather(rows);
    }

    /// <summary>The mean of a tensor over the processes. Backward: the mean of the gradient over the processes.</summary>
    /// <param name="value">Floating point, the same shape on all processes.</param>
    /// <param name="group">The processes.</param>
    /// <returns>Shape of <paramref name="value"/>, equal on all processes.</returns>
    public static Tensor Mean(Tensor value, ProcessGroup group)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(group);
        if (!value.is_floating_point())
        {
            throw new ArgumentException($"The mean over processes needs a floating-point tensor, got {value.dtype}. Convert it first.", nameof(value));
        }

        return group.Size == 1 ? value.alias() : MeanOverProcesses.Run(group, value);
    }

    private sealed class GatherRows : ExchangeFunction<GatherRows>
    {
        protected override Tensor Forward(autograd.AutogradContext context, ProcessGroup group, object?[] arguments) => group.AllGather((Tensor)arguments[0]!);

        protected override Tensor?[] Backward(autograd.AutogradContext context, ProcessGroup group, Tensor gradient)
        {
            var total = gradient.clone();
            group.AllReduce(total);
            var count = total.size(0) / group.Size;
            return [total.narrow(0, group.Rank * count, count).clone()];
        }
    }

    private sealed class MeanOverProcesses : ExchangeFunction<MeanOverProcesses>
    {
        protected override Tensor Forward(autograd.AutogradContext context, ProcessGroup group, object?[] arguments) => Compute((Tensor)arguments[0]!, group);

        protected override Tensor?[] Backward(autograd.AutogradContext context, ProcessGroup group, Tensor gradient) => [Compute(gradient, group)];

        private static Tensor Compute(Tensor value, ProcessGroup group)
        {
            var sum = value.clone();
            group.AllReduce(sum);
            return sum.div_(group.Size);
        }
    }
}
