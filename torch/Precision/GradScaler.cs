namespace Parallax.Torch;

/// <summary>Keeps float16 gradients from vanishing: multiplies the loss, divides the gradients, and skips steps whose gradients overflowed.</summary>
/// <remarks>
/// Order per step: <c>Scale(loss).backward()</c>, <see cref="Unscale"/> (before clipping), <see cref="Step"/>, <see cref="Update"/>. bfloat16 needs no scaler.
/// </remarks>
public sealed class GradScaler : IDisposable
{
    private readonly double _growthFactor;
    private readonly double _backoffFactor;
    private readonly int _growthInterval;
    private readonly Tensor _scale;          // [], float32
    private readonly Tensor _growthTracker;  // [], int32
    private readonly Tensor _foundInfinite;  // [], float32: 0, or more when a gradient was not finite
    private bool _unscaled;

    /// <summary>A scaler.</summary>
    /// <param name="device">Where the gradients are.</param>
    /// <param name="initialScale">First factor on the loss, above 0.</param>
    /// <param name="growthFactor">Factor on the scale after a run of good steps, above 1.</param>
    /// <param name="backoffFactor">Factor on the scale after an overflow, in (0, 1).</param>
    /// <param name="growthInterval">Good steps in a row before the scale grows.</param>
    public GradScaler(Device device, double initialScale = 65536, double growthFactor = 2, double backoffFactor = 0.5, int growthInterval = 2000)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(initialScale);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(growthFactor, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(backoffFactor);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(backoffFactor, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(growthInterval, 1);
        (_growthFactor, _backoffFactor, _growthInterval) = (growthFactor, backoffFactor, growthInterval);
        _scale = torch.tensor((float)initialScale, device: device).DetachFromDisposeScope();
        _growthTracker = torch.tensor(0, device: device).DetachFromDisposeScope();
        _foundInfinite = torch.tensor(0f, device: device).DetachFromDisposeScope();
    }

    /// <summary>The loss to differentiate.</summary>
    public Tensor Scale(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return loss * _scale.to(loss.dtype);
    }

    /// <summary>Divides all gradients by the scale, once per step; call it before clipping, otherwise <see cref="Step"/> does.</summary>
    /// <exception cref="InvalidOperationException">Called twice before <see cref="Update"/>.</exception>
    public void Unscale(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (_unscaled)
        {
            throw new InvalidOperationException("The gradients of this step are unscaled already; call Update() once per step.");
        }

        _unscaled = true;
        using var mode = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var gradients = parameters.Select(parameter => parameter.grad).OfType<Tensor>().ToList();
        var inverse = _scale.reciprocal();
        foreach (var sameType in gradients.GroupBy(gradient => gradient.dtype))
        {
            new OperatorCall("aten::_amp_foreach_non_finite_check_and_unscale_").Add([.. sameType]).Add(_foundInfinite).Add(inverse).Run();
        }
    }

    /// <summary>Moves the parameters unless a gradient overflowed.</summary>
    /// <returns>False when the step was skipped.</returns>
    public bool Step(torch.optim.Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        if (!_unscaled)
        {
            Unscale(optimizer.parameters());
        }

        if (_foundInfinite.item<float>() != 0)
        {
            return false;
        }

        optimizer.step();
        return true;
    }

    /// <summary>Adapts the scale to what this step found. Call it once at the end of each step.</summary>
    public void Update()
    {
        if (!_unscaled)
        {
            throw new InvalidOperationException("Update() comes after Step() or Unscale(): there is nothing to learn from yet.");
        }

        _unscaled = false;
        using var mode = torch.no_grad();
        new OperatorCall("aten::_amp_update_scale_").Add(_scale).Add(_growthTracker).Add(_foundInfinite).Add(_growthFactor).Add(_backoffFactor)
            .Add((long)_growthInterval).Run(results: 1);

        _foundInfinite.zero_();
    }

    /// <summary>State for a checkpoint: <c>scale</c> and <c>growth_tracker</c>, copies on the CPU.</summary>
    public IReadOnlyDictionary<string, Tensor> SaveState() => new Dictionary<string, Tensor>
    {
        ["scale"] = _scale.cpu().clone(),
        ["growth_tracker"] = _growthTracker.cpu().clone(),
    };

    /// <summary>Restores what <see cref="SaveState"/> gave.</summary>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var mode = torch.no_grad();
        _scale.copy_(state["scale"]);
        _growthTracker.copy_(state["growth_tracker"]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scale.Dispose();
        _growthTracker.Dispose();
        _foundInfinite.Dispose();
    }
}
