namespace Parallax.Host.Experiments;

/// <summary>Copies, freezes and averages the momentum pairs that a method declares.</summary>
internal sealed class MomentumPairs
{
    private readonly List<(MomentumPair Pair, Tensor[] Target, MomentumUpdater Updater)> _pairs = [];

    public MomentumPairs(IMethod method)
    {
        if (method is not IMomentumPairs declares)
        {
            return;
        }

        foreach (var pair in declares.MomentumPairs)
        {
            var online = pair.Online.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
            var target = pair.Target.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
            if (!online.Keys.ToHashSet().SetEquals(target.Keys))
            {
                throw new ArgumentException(
                    $"A momentum pair of {method.GetType().Name} joins modules of different structure: "
                        + $"{string.Join(", ", online.Keys.Except(target.Keys).Concat(target.Keys.Except(online.Keys)).Take(3))} ... is on one side only. "
                        + "Build both sides alike.");
            }

            Tensor[] targets = [.. online.Keys.Select(name => target[name])];
            _pairs.Add((pair, targets, new(targets, online.Values)));
        }
    }

    /// <summary>Gives every target the weights and buffers of its online module and turns its gradients off. Before the optimizer is
    /// built.</summary>
    public void Initialise()
    {
        foreach (var (pair, target, _) in _pairs)
        {
            pair.Target.load_state_dict(pair.Online.state_dict());
            foreach (var parameter in target)
            {
                parameter.requires_grad = false;
            }
        }
    }

    /// <summary>Averages the pairs that are due at this moment of the step; parameters only, buffers stay each side's own.</summary>
    public void Update(MomentumUpdate when, long step, long totalSteps)
    {
        foreach (var (pair, _, updater) in _pairs)
        {
            if (pair.When == when)
            {
                updater.Update(pair.Momentum.At(step, totalSteps));
            }
        }
    }
}
