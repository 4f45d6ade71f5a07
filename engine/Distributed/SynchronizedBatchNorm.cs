namespace Parallax.Engine;

/// <summary>Makes batch normalisation in training use the statistics of the whole batch, spread over several processes.</summary>
/// <remarks>
/// Outputs, gradients and running statistics are those of one process with all the images, up to rounding. Forward exchanges mean, variance and count
/// (two numbers per channel), backward two sums per channel. Evaluation exchanges nothing.
/// </remarks>
public static class SynchronizedBatchNorm
{
    /// <summary>Switches every BatchNorm1d, 2d and 3d in a module, itself included, to the processes of a group; they stay the same objects.</summary>
    /// <param name="root">A module.</param>
    /// <param name="group">The processes; null goes back to the statistics of this process.</param>
    public static void Enable(Module root, ProcessGroup? group)
    {
        ArgumentNullException.ThrowIfNull(root);
        foreach (var norm in root.modules().OfType<BatchNorm>().Concat(root is BatchNorm own ? [own] : []))
        {
            norm.Processes = group is { Size: > 1 } ? group : null;
        }
    }

    /// <summary>The training pass: statistics over all processes, running ones updated as by one process with the whole batch.</summary>
    internal static Tensor Normalize(
        Tensor input, Tensor? weight, Tensor? bias, Tensor? runningMean, Tensor? runningVariance, double factor, double epsilon, ProcessGroup group)
    {
        var (mean, variance, count) = Statistics(input, group);   // [C], [C], []
        using (no_grad())
        {
            runningMean?.lerp_(mean.to(runningMean.dtype), factor);
            runningVariance?.lerp_((variance * (count / (count - 1))).to(runningVariance.dtype), factor);
        }

        return SynchronizedNormalization.apply(input, weight!, bias!, mean, variance, count, group, epsilon);
    }

    /// <summary>Mean, biased variance and number of values per channel over all processes; float32 also for half-precision inputs.</summary>
    private static (Tensor Mean, Tensor Variance, Tensor Count) Statistics(Tensor input, ProcessGroup group)
    {
        using var noGradient = no_grad();
        var channels = input.size(1);
        var type = input.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

        // Running statistics of this type, thrown away, make the kernel accumulate and answer in it.
        var (ownMean, ownVariance) = Ops.batch_norm_update_stats(
            input, zeros([channels], type, input.device), ones([channels], type, input.device), momentum: 0);
        var own = cat([ownMean, ownVariance, full([1], input.numel() / channels, type, input.device)]);   // [2C + 1]

        var all = group.AllGather(own.unsqueeze(0));   // [Size, 2C + 1]
        var (means, variances, counts) = (all.narrow(1, 0, channels), all.narrow(1, channels, channels), all.narrow(1, 2 * channels, 1));
        var count = counts.sum();
        var share = counts / count;   // [Size, 1]
        var mean = (means * share).sum(dim: 0);
        var variance = ((variances + (means - mean).square()) * share).sum(dim: 0);   // of the parts and between them
        return (mean, variance, count);
    }
}
