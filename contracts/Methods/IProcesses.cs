namespace Parallax.Contracts;

/// <summary>The processes that train one model together, as a step sees them. Each holds the same weights and an equal part of the batch.</summary>
/// <remarks>
/// <para>The trainer averages the gradients of all processes. With the gradients defined here, the result is that of one process with the whole batch,
/// whether the loss runs over the whole gathered batch or over the process's own rows of it.</para>
/// <para>All processes draw the same numbers from <see cref="StepContext.Generator"/>. Draw for the whole batch and take <see cref="Own"/>.</para>
/// <para>All processes must call these members in the same order, with tensors of the same shape. With one process all of them return their argument.</para>
/// </remarks>
public interface IProcesses
{
    /// <summary>Number of processes.</summary>
    int Count { get; }

    /// <summary>The rows of all processes, in the order of the whole batch. The gradient of a row is the sum over the losses of all processes.</summary>
    /// <param name="rows">[N, ...], N equal on all processes.</param>
    /// <returns>[N * <see cref="Count"/>, ...].</returns>
    /// <exception cref="InvalidOperationException">The method does not declare <see cref="ProcessExchange.GatheredBatch"/>.</exception>
    Tensor Gather(Tensor rows);

    /// <summary>The mean over all processes of a tensor of any shape, for statistics of the batch. The gradient is averaged in the same way.</summary>
    /// <param name="value">Any shape, equal on all processes.</param>
    /// <returns>The same shape.</returns>
    /// <exception cref="InvalidOperationException">The method does not declare <see cref="ProcessExchange.ReducedStatistics"/>.</exception>
    Tensor Mean(Tensor value);

    /// <summary>This process's rows of a tensor over the whole batch: a view, no communication.</summary>
    /// <param name="rows">[N * <see cref="Count"/>, ...].</param>
    /// <returns>[N, ...].</returns>
    Tensor Own(Tensor rows);
}
