using System.Runtime.CompilerServices;

namespace Parallax.Torch;

/// <summary>Makes batch normalisation in training use the statistics of the whole batch, spread over several processes.</summary>
/// <remarks>
/// <para>Outputs, gradients and running statistics are those of one process with all the images, up to rounding. Forward exchanges mean, variance and count
/// (two numbers per channel), backward two sums per channel. Evaluation exchanges nothing.</para>
/// <para>TorchSharp's layers cannot be told to do this, and are not replaced: they are sealed, and a network keeps them in fields of their type. They stay the
/// same objects, so checkpoints and optimizers stay valid, and two hooks do the work. The one before the layer gives it a batch without images, with which it
/// checks dimensions and counts the step but changes no statistics; the one after it answers the normalisation of the real batch. Hooks run in <c>call</c>, not
/// in <c>forward</c>: <see cref="RequireCalls"/> finds networks that skip them.</para>
/// </remarks>
public static class SynchronizedBatchNorm
{
    private static readonly ConditionalWeakTable<BatchNorm, Hooks> Enabled = [];

    /// <summary>Switches every BatchNorm1d, 2d and 3d in a module, itself included, to the processes of a group.</summary>
    /// <param name="root">A module.</param>
    /// <param name="group">The processes; null goes back to the statistics of this process.</param>
    public static void Enable(Module root, ProcessGroup? group)
    {
        ArgumentNullException.ThrowIfNull(root);
        foreach (var (_, norm) in Norms(root))
        {
            if (Enabled.TryGetValue(norm, out var hooks))
            {
                hooks.Remove();
                Enabled.Remove(norm);
            }

            if (group is { Size: > 1 })
            {
                Enabled.Add(norm, new(norm, group));
            }
        }
    }

    /// <summary>Stops a network that would train with the statistics of one process, as it calls <c>forward</c> of a normalisation. Ask before and after a
    /// step.</summary>
    /// <param name="root">A module; the first time, its counts of batches are only noted.</param>
    /// <exception cref="InvalidOperationException">A normalisation has run more often than its hooks since the last time.</exception>
    public static void RequireCalls(Module root)
    {
        ArgumentNullException.ThrowIfNull(root);
        foreach (var (name, norm) in Norms(root))
        {
            if (Enabled.TryGetValue(norm, out var hooks) && !hooks.SawAllBatches())
            {
                throw new InvalidOperationException(
                    $"The batch normalisation '{name}' was run by forward(), which skips the exchange between processes. Write call() instead in the "
                        + "module that owns it.");
            }
        }
    }

    internal static ProcessGroup? ProcessesOf(BatchNorm norm) => Enabled.TryGetValue(norm, out var hooks) ? hooks.Group : null;

    private static IEnumerable<(string Name, BatchNorm Norm)> Norms(Module root) => root.named_modules().Append(("", root))
        .Where(entry => entry.Item2 is TorchSharp.Modules.BatchNorm1d or TorchSharp.Modules.BatchNorm2d or TorchSharp.Modules.BatchNorm3d)
        .Select(entry => (entry.Item1, (BatchNorm)entry.Item2)).DistinctBy(entry => entry.Item2);

    /// <summary>The training pass: statistics over all processes, running ones updated as by one process with the whole batch.</summary>
    private static Tensor Normalize(Tensor input, BatchNorm norm, ProcessGroup group)
    {
        using var scope = NewDisposeScope();
        var weight = norm.affine ? norm.weight : null;
        Tensor mean, variance, count;   // [C], [C], []
        using (no_grad())
        {
            (mean, variance, count) = Statistics(input, group);
            if (norm.track_running_stats)
            {
                var factor = norm.momentum ?? 1.0 / norm.num_batches_tracked!.item<long>();   // without momentum: the mean of all batches
                var (runningMean, runningVariance) = (norm.running_mean!, norm.running_var!);
                using Scalar one = 1, value = factor;
                var share = full([], value, runningMean.dtype, input.device);
                runningMean.lerp_(mean.to(runningMean.dtype), share);
                runningVariance.lerp_((variance * (count / count.sub(one))).to(runningMean.dtype), share);
            }
        }

        return SynchronizedNormalization.Run(group, input, weight, norm.bias, mean, variance, count, norm.eps).MoveToOuterDisposeScope();
    }

    /// <summary>Mean, biased variance and number of values per channel over all processes; float32 also for half-precision inputs.</summary>
    private static (Tensor Mean, Tensor Variance, Tensor Count) Statistics(Tensor input, ProcessGroup group)
    {
        var shape = input.shape;
        var channels = shape[1];
        var type = input.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

        // Running statistics of this type, thrown away, make the kernel accumulate and answer in it.
        var (zero, one) = (zeros(channels, type, input.device), ones(channels, type, input.device));
        var statistics = new OperatorCall("aten::batch_norm_update_stats").Add(input.detach()).AddSome(zero).AddSome(one).Add(0.0).RunForTensors(2);
        // [2C + 1]
        var own = cat([.. statistics, full(1, (double)shape.Aggregate(1L, (product, length) => product * length) / channels, type, input.device)]);

        var all = group.AllGather(own.unsqueeze(0));   // [Size, 2C + 1]
        var (means, variances, counts) = (all.narrow(1, 0, channels), all.narrow(1, channels, channels), all.narrow(1, 2 * channels, 1));
        var count = counts.sum();
        var share = counts / count;   // [Size, 1]
        var mean = (means * share).sum(dim: 0);
        var variance = ((variances + (means - mean).square()) * share).sum(dim: 0);   // of the parts and between them
        return (mean, variance, count);
    }

    /// <summary>The two hooks of a layer.</summary>
    private sealed class Hooks
    {
        private readonly BatchNorm _norm;
        private readonly Action _remove;
        private Tensor? _input;
        private long _calls;
        private long? _unseen;

        public Hooks(BatchNorm norm, ProcessGroup group)
        {
            (_norm, Group) = (norm, group);
            var (before, after) = (norm.register_forward_pre_hook(Before), norm.register_forward_hook(After));
            _remove = () =>
            {
                before.remove();
                after.remove();
            };
        }

        public ProcessGroup Group { get; }

        public void Remove() => _remove();

        /// <summary>False when the layer's own count of batches has grown by more than the calls of the hooks.</summary>
        public bool SawAllBatches()
        {
            if (!_norm.track_running_stats)
            {
                return true;
            }

            var unseen = _norm.num_batches_tracked!.item<long>() - _calls;
            var sawAll = _unseen is null || _unseen == unseen;
            _unseen = unseen;
            return sawAll;
        }

        private Tensor Before(Module<Tensor, Tensor> module, Tensor input)
        {
            if (!module.training)
            {
                return input;
            }

            _input = input;
            using var noGradient = no_grad();
            return input.narrow(0, 0, 0);   // no images
        }

        private Tensor After(Module<Tensor, Tensor> module, Tensor noImages, Tensor output)
        {
            if (_input is not { } input)
            {
                return output;
            }

            _input = null;
            _calls++;
            noImages.Dispose();
            output.Dispose();
            return Normalize(input, _norm, Group);
        }
    }
}
