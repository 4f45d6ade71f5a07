namespace Parallax.Contracts;

/// <summary>
/// A self-supervised method: a sealed <c>torch.nn.Module</c> in one file, with <see cref="PluginAttribute"/>, that computes the loss of a batch and declares
/// the rest.
/// </summary>
/// <remarks>
/// <para>The trainer does what a method declares: exponential moving averages (<see cref="IMomentumPairs"/>), parameter groups
/// (<see cref="IParameterGroups"/>), work between epochs (<see cref="IEpochPhase"/>), the images of an epoch
/// (<see cref="IEpochSampling"/>), views of other images (<see cref="IPositiveSampling"/>), memories (<see cref="StepOutput.Remember"/>), exchange between
/// processes (<see cref="IGathered"/>), accumulation, mixed precision, checkpoints, tracking.</para>
/// <para>The constructor takes what it needs by type: its options record, <see cref="IBackbone"/> or <see cref="BackboneFactory"/> or
/// <see cref="ChannelBackboneFactory"/>, <see cref="RunInfo"/>, a logger. Parameters and buffers are fields registered by <c>RegisterComponents()</c>; that
/// makes checkpoint and device moves automatic.</para>
/// <para>Never catch exceptions in a step: a failing method stops the run. Never dispose an argument; temporaries belong to the scope the trainer
/// opened.</para>
/// </remarks>
public interface IMethod
{
    /// <summary>The part that stays after pretraining; evaluations and exports use it.</summary>
    IBackbone Backbone { get; }

    /// <summary>Views a step needs, as in the paper.</summary>
    ViewPlan Views { get; }

    /// <summary>The training step: from the views of a batch to the loss. Runs in training mode, with gradients, under the run's precision.</summary>
    /// <param name="batch">Views on the run's device.</param>
    /// <param name="context">Where training stands, and the step's random generator.</param>
    StepOutput Step(Batch batch, StepContext context);
}
