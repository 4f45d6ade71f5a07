using Parallax.Host.Configuration;
using Parallax.Host.Experiments;

namespace Parallax.Host.Training;

/// <summary>The optimizer of a run with its schedule, parameter groups and, for fp16, its loss scale.</summary>
internal sealed class OptimizerDriver : IDisposable
{
    private const string ScalerPrefix = "scaler.";
    private readonly List<(string name, Parameter parameter)> _trainable;
    private readonly IReadOnlyList<ParameterGroup> _groups;
    private readonly FusedOptimizer _optimizer;
    private readonly GradScaler? _scaler;
    private readonly Func<long, ISchedule> _scheduleOf;
    private readonly Func<long, WarmupCosine>? _weightDecayOf;   // null: constant
    private readonly bool _clipsEach;
    private readonly double _peak;
    private readonly long _stepsPerEpoch;
    private ISchedule _schedule;
    private WarmupCosine? _weightDecay;

    /// <param name="method">What is trained.</param>
    /// <param name="configuration">Optimizer, schedule and clipping.</param>
    /// <param name="run">Batch size and steps per epoch.</param>
    /// <param name="totalSteps">Optimizer steps of the run.</param>
    /// <param name="placement">Device and precision.</param>
    /// <param name="scaler">The loss scale, disposed with this; null makes the one that the precision needs.</param>
    /// <exception cref="ConfigurationException">The method has nothing to train.</exception>
    public OptimizerDriver(IMethod method, ResolvedConfiguration configuration, RunInfo run, long totalSteps, Placement placement, GradScaler? scaler = null)
    {
        _trainable = [.. ((Module)method).named_parameters().Where(p => p.parameter.requires_grad)];
        if (_trainable.Count == 0)
        {
            throw new ConfigurationException(
                $"The method '{configuration.Method.Name}' has no parameter to train: its parts are not registered, or all are frozen. End its constructor "
                    + "with RegisterComponents().");
        }

        _groups = ParameterGroup.Build(_trainable.Select(p => (p.name, p.parameter.dim())), method, configuration.Optimizer.ExcludeNormAndBias);
        _peak = LearningRateSchedules.Peak(configuration.Optimizer, run);
        _scheduleOf = length => LearningRateSchedules.Create(configuration, run, length);
        var decay = configuration.Optimizer.WeightDecay;
        _weightDecayOf = configuration.Optimizer.WeightDecayEnd is { } end ? length => new WarmupCosine(decay, length) { End = end } : null;
        (_schedule, _weightDecay) = (_scheduleOf(totalSteps), _weightDecayOf?.Invoke(totalSteps));
        _optimizer = OptimizerFactory.Create(configuration.Optimizer, _groups, _trainable.ToDictionary(p => p.name, p => p.parameter));
        _scaler = scaler ?? (placement.ScalesLoss ? new GradScaler(placement.Device) : null);
        _clipsEach = configuration.Trainer.ClipGradNormPer == ClippedNorm.Tensor;
        _stepsPerEpoch = run.StepsPerEpoch;
    }

    /// <summary>Lets the schedules end elsewhere: a resumed run may be cut short at another place than a new one.</summary>
    /// <param name="totalSteps">Steps from the start to the end of the schedules.</param>
    public void EndSchedulesAt(long totalSteps) => (_schedule, _weightDecay) = (_scheduleOf(totalSteps), _weightDecayOf?.Invoke(totalSteps));

    /// <summary>Learning rate of an optimizer step, before the factors of groups.</summary>
    public double LearningRateAt(long step) => _schedule.At(step);

    /// <summary>Forgets what was gathered about the parameters that the method makes new before this epoch.</summary>
    /// <param name="epoch">The epoch that is about to begin, from 0.</param>
    public void BeginEpoch(int epoch)
    {
        var names = _groups.Where(group => group.RenewedEveryEpochs > 0 && epoch % group.RenewedEveryEpochs == 0).SelectMany(group => group.Names).ToHashSet();
        var renewed = _trainable.Where(p => names.Contains(p.name)).ToList();
        OptimizerCheckpoint.Load(_optimizer, renewed, renewed.ToDictionary(p => $"{p.name}/steps", _ => torch.tensor(0L)));   // no step yet, and so no buffers
    }

    public void ZeroGradients()
    {
        foreach (var (_, parameter) in _trainable)
        {
            parameter.grad = null;
        }
    }

    public void Backward(Tensor loss) => (_scaler is null ? loss : _scaler.Scale(loss)).Backpropagate();

    /// <summary>Moves the parameters along their gradients.</summary>
    /// <param name="step">Optimizer step, from 0: learning rates, weight decay and frozen groups follow from it.</param>
    /// <param name="clipNorm">Largest norm of all gradients together, or of each, as configured; 0 never clips.</param>
    /// <returns>The norm of all gradients before clipping, scalar; null when it was not computed.</returns>
    public Tensor? Step(long step, double clipNorm)
    {
        Tensor? norm = null;
        _scaler?.Unscale(_trainable.Select(p => p.parameter));
        if (clipNorm > 0)
        {
            var parameters = _trainable.Select(p => p.parameter);
            norm = _clipsEach ? GradientNorm.ClipEach(parameters, clipNorm) : GradientNorm.Clip(parameters, clipNorm);
        }

        var learningRate = LearningRateAt(step);
        for (var i = 0; i < _groups.Count; i++)
        {
            _optimizer.Groups[i].LearningRate = (_groups[i].FollowsSchedule ? learningRate : _peak) * _groups[i].LearningRateScale;
            if (_weightDecay is not null)
            {
                _optimizer.Groups[i].WeightDecay = _weightDecay.At(step) * _groups[i].WeightDecayScale;
            }

            _optimizer.Groups[i].Frozen = step < Math.Max(_groups[i].FrozenEpochs * _stepsPerEpoch, _groups[i].FrozenSteps);
        }

        if (_scaler is null)
        {
            _optimizer.step();
        }
        else
        {
            _scaler.Step(_optimizer);
            _scaler.Update();
        }

        return norm;
    }

    /// <summary>Buffers, step counts and loss scale by name, as a checkpoint keeps them.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> StateTensors() =>
        OptimizerCheckpoint.Save(_optimizer, _trainable).Concat(_scaler?.SaveState().Select(t => KeyValuePair.Create(ScalerPrefix + t.Key, t.Value)) ?? []);

    public void Restore(IReadOnlyDictionary<string, Tensor> tensors)
    {
        var isScaler = tensors.ToLookup(t => t.Key.StartsWith(ScalerPrefix, StringComparison.Ordinal));
        OptimizerCheckpoint.Load(_optimizer, _trainable, isScaler[false].ToDictionary());
        if (isScaler[true].Any())   // a run in another precision had none: the scale is found anew
        {
            _scaler?.LoadState(isScaler[true].ToDictionary(t => t.Key[ScalerPrefix.Length..], t => t.Value));
        }
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _scaler?.Dispose();
    }
}
