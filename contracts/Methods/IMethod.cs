namespace Parallax.Contracts;

/// <summary>
/// A self-supervised method: a sealed <c>torch.nn.Module</c> in one file, with <see cref="PluginAttribute"/>, that computes the loss of a batch and declares the rest.
/// </summary>
/// <remarks>
/// <para>The trainer does what a method declares: exponential moving averages (<see cref="IMomentumPairs"/>), parameter groups (<see cref="IParameterGroups"/>),
/// work between epochs (<see cref="IEpochPhase"/>), memories (<see cref="StepOutput.Remember"/>), exchange between processes (<see cref="IGathered"/>), accumulation, mixed precision, checkpoints, tracking.</para>
/// <para>The constructor takes what it needs by type: its options record, <see cref="IBackbone"/> or <see cref="BackboneFactory"/>, <see cref="RunInfo"/>, a logger.
/// Parameters and buffers are fields registered by <c>RegisterComponents()</c>; that makes checkpoint and device moves automatic.</para>
/// <para>Never catch exceptions in a step: a failing method stops the run. Never dispose an argument; temporaries belong to the scope the trainer opened.</para>
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

/// <summary>Declares modules that follow others as a slow moving average; the trainer copies, freezes and updates them.</summary>
public interface IMomentumPairs
{
    /// <summary>All pairs. Read once, after construction.</summary>
    IReadOnlyList<MomentumPair> MomentumPairs { get; }
}

/// <summary>A target module that averages an online module: target = m * target + (1 - m) * online, parameters only.</summary>
/// <param name="Online">Trained by the optimizer.</param>
/// <param name="Target">Same structure. The trainer copies the online weights into it at the start, turns its gradients off, and saves it.</param>
/// <param name="Momentum">Share of the target kept at each step, a fraction in [0, 1].</param>
/// <param name="When">Before the forward pass of an optimizer step (MoCo), or after the optimizer step (BYOL).</param>
public sealed record MomentumPair(Module Online, Module Target, MomentumSchedule Momentum, MomentumUpdate When);

/// <summary>When a momentum pair is updated. Once per optimizer step, whatever the accumulation.</summary>
public enum MomentumUpdate
{
    /// <summary>Before the forward pass, with the weights of the previous optimizer step.</summary>
    BeforeForward,

    /// <summary>After the optimizer step.</summary>
    AfterOptimizerStep,
}

/// <summary>Momentum over the run: from <paramref name="Start"/> to <paramref name="End"/> along half a cosine; equal values are a constant.</summary>
/// <param name="Start">At step 0, a fraction in [0, 1].</param>
/// <param name="End">At the end, a fraction in [0, 1].</param>
/// <remarks>Grill et al., BYOL, 2020: 1 - (1 - m) * (cos(pi k / K) + 1) / 2, with <c>End</c> = 1.</remarks>
public readonly record struct MomentumSchedule(double Start, double End)
{
    /// <summary>The same at every step.</summary>
    public static MomentumSchedule Constant(double momentum) => new(momentum, momentum);

    /// <summary>Momentum at an optimizer step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="totalSteps">Length of the run in optimizer steps.</param>
    public double At(long step, long totalSteps) =>
        Start == End ? Start : End - ((End - Start) * (Math.Cos(Math.PI * step / Math.Max(1, totalSteps)) + 1) / 2);
}

/// <summary>Declares how parameters differ in learning rate, weight decay or when they start to learn.</summary>
public interface IParameterGroups
{
    /// <summary>Rules; the first that matches a parameter counts. Parameters without a rule follow the optimizer's settings.</summary>
    IReadOnlyList<ParameterRule> ParameterRules { get; }
}

/// <summary>A deviation from the optimizer's settings for some parameters.</summary>
/// <param name="Matches">Whether a parameter is meant.</param>
/// <param name="LearningRateScale">Factor on the learning rate.</param>
/// <param name="WeightDecayScale">Factor on the weight decay.</param>
/// <param name="FrozenEpochs">The parameter does not move during this many first epochs; fractions are allowed.</param>
/// <param name="FrozenSteps">It does not move during this many first optimizer steps, whatever the accumulation. With both, the longer counts.</param>
/// <param name="FollowsSchedule">Whether the learning rate follows the schedule, or stays at its peak for the whole run.</param>
public sealed record ParameterRule(
    Func<ParameterInfo, bool> Matches, double LearningRateScale = 1, double WeightDecayScale = 1, double FrozenEpochs = 0, long FrozenSteps = 0,
    bool FollowsSchedule = true);

/// <summary>A trainable parameter.</summary>
/// <param name="Name">As in the method's state dictionary.</param>
/// <param name="Dimensions">Number of dimensions.</param>
public readonly record struct ParameterInfo(string Name, long Dimensions)
{
    /// <summary>Whether it is a bias or a scale of a normalisation layer: what has at most one dimension.</summary>
    public bool IsNormOrBias => Dimensions <= 1;

    /// <summary>Whether it belongs to the module stored under a field of the method.</summary>
    /// <param name="field">Name of the field, for example <c>predictor</c>.</param>
    public bool IsIn(string field) => Name.StartsWith(field + ".", StringComparison.Ordinal);
}

/// <summary>Work over the whole data set before an epoch: clustering, new labels, refreshed memories.</summary>
public interface IEpochPhase
{
    /// <summary>Called before each epoch, in evaluation mode, without gradients.</summary>
    void BeforeEpoch(EpochContext context);
}

/// <summary>States that accumulating k micro-batches of B/k differs from one batch of B by more than rounding, and why. Without it, they must agree.</summary>
public interface IBatchCoupled
{
    /// <summary>The reason, for the docs: for example "every image of the batch is a negative of every other".</summary>
    string BatchCoupling { get; }
}
