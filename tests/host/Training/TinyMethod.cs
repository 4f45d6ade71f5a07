using Parallax.Host.Data;
using Parallax.Host.Experiments;

namespace Parallax.Host.Tests.Training;

/// <summary>One linear layer on the pixels of 4x4 images.</summary>
internal sealed class TinyBackbone : Module<Tensor, Tensor>, IBackbone
{
    private readonly Linear layer = Linear(48, 2);

    public TinyBackbone()
        : base(nameof(TinyBackbone)) => RegisterComponents();

    public int FeatureDim => 2;

    public Linear Layer => layer;

    public override Tensor forward(Tensor input) => layer.call(input.flatten(1));
}

/// <summary>Draws its features to zero; a second encoder follows the first; a queue notes which images it was given.</summary>
internal sealed class TinyMethod : Module, IMethod, IMomentumPairs, IParameterGroups
{
    private readonly TinyBackbone backbone = new(), follower = new();

    public TinyMethod()
        : base(nameof(TinyMethod)) => RegisterComponents();

    public IBackbone Backbone => backbone;

    public Tensor Weight => backbone.Layer.weight!;

    public Tensor Bias => backbone.Layer.bias!;

    public Tensor FollowerWeight => follower.Layer.weight!;

    public double Momentum { get; init; } = 0.5;

    public MomentumUpdate When { get; init; }

    /// <summary>Multiplies the loss of a step.</summary>
    public Func<long, double> Factor { get; init; } = _ => 1;

    /// <summary>Which micro-batches ask to leave the weights as they are, by step and first image.</summary>
    public Func<long, long, bool> Skips { get; init; } = (_, _) => false;

    public List<long[]> Enqueued { get; } = [];

    public ViewPlan Views => ViewPlan.Same(1, new([]));

    public IReadOnlyList<MomentumPair> MomentumPairs => [new(backbone, follower, MomentumSchedule.Constant(Momentum), When)];

    public IReadOnlyList<ParameterRule> ParameterRules { get; init; } = [];

    public StepOutput Step(Batch batch, StepContext context)
    {
        var features = backbone.call(batch.Views[0]);   // [N, 2]

        return new(features.pow(2).sum(1).mean() * Factor(context.Step))
        {
            Embedding = features,
            Diagnostics = [new("first_index", batch.Indices[0].to(float32))],
            Remember = [new(new Notes(this), batch.Indices.to(float32).unsqueeze(1))],
            SkipsUpdate = Skips(context.Step, batch.Indices[0].item<long>()),
        };
    }

    /// <summary>Two of the same method are the same queue, as two updates of one real queue would be.</summary>
    private sealed record Notes(TinyMethod Method) : IFeatureMemory
    {
        public void Remember(Tensor rows, Tensor? tags) => Method.Enqueued.Add([.. rows.flatten().to(int64).data<long>()]);
    }
}
