namespace Parallax.Torch;

/// <summary>Exponential moving averages of parameters: target = momentum * target + (1 - momentum) * online, all parameters in one pass.</summary>
/// <remarks>Takes the parameters once and keeps their order; they may change device and memory order later, but must stay the same objects.</remarks>
public sealed class MomentumUpdater
{
    private readonly Tensor[] _targets;
    private readonly Tensor[] _online;

    /// <summary>Pairs target i with online i.</summary>
    /// <exception cref="ArgumentException">The lists differ in length or shapes.</exception>
    public MomentumUpdater(IEnumerable<Tensor> targets, IEnumerable<Tensor> online)
    {
        (_targets, _online) = ([.. targets], [.. online]);
        if (_targets.Length != _online.Length)
        {
            throw new ArgumentException($"A momentum pair needs equal modules: the target has {_targets.Length} parameters, the online module "
                + $"{_online.Length}.");
        }

        for (var i = 0; i < _targets.Length; i++)
        {
            if (!_targets[i].shape.SequenceEqual(_online[i].shape))
            {
                throw new ArgumentException(
                    $"A momentum pair needs equal modules: parameter {i} is [{string.Join(", ", _targets[i].shape)}] in the target and "
                        + $"[{string.Join(", ", _online[i].shape)}] in the online module.");
            }
        }
    }

    /// <summary>Uses multi-tensor operators on the CPU too: the reference that tests compare with.</summary>
    internal bool PreferTensorLists { get; set; }

    /// <summary>Moves all targets.</summary>
    /// <param name="momentum">Share of the target that is kept, a fraction in [0, 1].</param>
    public void Update(double momentum)
    {
        if (momentum is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "The momentum of an average must lie in [0, 1].");
        }

        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var pairs = _targets.Zip(_online, (target, online) => new DenseOperand(target, online));
        if (!PreferTensorLists && _targets.All(target => target.device_type == DeviceType.CPU))
        {
            using var blocks = new DenseBlocks(pairs);
            blocks.Update(_ => new AverageRule(momentum));
        }
        else
        {
            foreach (var alike in pairs.GroupBy(pair => (pair.Target.device.ToString(), pair.Target.dtype)))
            {
                var lists = new TensorLists([.. alike]);
                FusedOperators.Average(lists.Parameters, lists.Gradients, momentum);
                lists.WriteBack();
            }
        }
    }
}
