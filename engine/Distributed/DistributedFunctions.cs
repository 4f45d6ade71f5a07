namespace Parallax.Engine;

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

        return rows.is_floating_point() ? GatherRows.apply(rows, group) : group.AllGather(rows);
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

        return group.Size == 1 ? value.alias() : MeanOverProcesses.apply(value, group);
    }

    private static ProcessGroup Group(autograd.AutogradContext context) => (ProcessGroup)context.get_data(nameof(ProcessGroup))!;

    private sealed class GatherRows : autograd.SingleTensorFunction<GatherRows>
    {
        public override string Name => nameof(GatherRows);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var group = (ProcessGroup)vars[1];
            ctx.save_data(nameof(ProcessGroup), group);
            return group.AllGather((Tensor)vars[0]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            var group = Group(ctx);
            var total = grad_output.clone();
            group.AllReduce(total);
            var count = total.size(0) / group.Size;
            return [total.narrow(0, group.Rank * count, count).clone(), null!];
        }
    }

    private sealed class MeanOverProcesses : autograd.SingleTensorFunction<MeanOverProcesses>
    {
        public override string Name => nameof(MeanOverProcesses);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var group = (ProcessGroup)vars[1];
            ctx.save_data(nameof(ProcessGroup), group);
            return Compute((Tensor)vars[0], group);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [Compute(grad_output, Group(ctx)), null!];

        private static Tensor Compute(Tensor value, ProcessGroup group)
        {
            var sum = value.clone();
            group.AllReduce(sum);
            return sum.div_(group.Size);
        }
    }
}
