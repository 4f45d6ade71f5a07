using Parallax.Host.Experiments;

namespace Parallax.Host.Tests.Training;

/// <summary>A number as a backbone.</summary>
internal sealed class LineBackbone : Module<Tensor, Tensor>, IBackbone
{
    private readonly Parameter weight;

    public LineBackbone(float start)
        : base(nameof(LineBackbone))
    {
        weight = new(torch.tensor(start));
        RegisterComponents();
    }

    public int FeatureDim => 1;

    public Tensor Weight => weight;

    public override Tensor forward(Tensor input) => input.flatten(1).mean([1], keepdim: true) * weight;
}

/// <summary>What a method was given in one micro-batch, and what it was then.</summary>
internal sealed record MicroBatch(long Step, long TotalSteps, int Epoch, long[] Indices, double Weight, double Target, double OwnDraw, double GlobalDraw);

/// <summary>One weight whose gradient is known: the mean index of the images of the batch. A second one follows it. Notes everything it is given.</summary>
internal sealed class LineMethod : Module, IMethod, IMomentumPairs
{
    private readonly LineBackbone online = new(1), target = new(5);

    public LineMethod()
        : base(nameof(LineMethod)) => RegisterComponents();

    public MomentumSchedule Momentum { get; init; } = new(0.5, 0.5);

    public MomentumUpdate When { get; init; }

    public List<MicroBatch> Seen { get; } = [];

    public double Weight => online.Weight.item<float>();

    public double Target => target.Weight.item<float>();

    public IBackbone Backbone => online;

    public ViewPlan Views => ViewPlan.Same(1, new([]));

    public IReadOnlyList<MomentumPair> MomentumPairs => [new(online, target, Momentum, When)];

    public StepOutput Step(Batch batch, StepContext context)
    {
        var own = torch.rand([1], dtype: float64, generator: context.Generator).item<double>();
        var global = torch.rand([1], dtype: float64).item<double>();
        Seen.Add(new(context.Step, context.TotalSteps, context.Epoch, [.. batch.Indices.data<long>()], Weight, Target, own, global));

        return new(online.Weight * batch.Indices.to(float32).mean());
    }
}
