using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods;

public sealed class ProjectorMomentumTests
{
    [Fact]
    public void Step_TargetEqualToOnline_IsTheSameLossForEveryScope() => AssertSameForEveryScope(
        scope => new ProjectorMomentum(() => new StagedBackbone(), new() { EmaScope = scope, ProjectionDim = 6, HiddenDim = 10 }, TestRuns.Of()));

    [Fact]
    public void Step_OnSimCLRTargetEqualToOnline_IsTheSameLossForEveryScope() => AssertSameForEveryScope(scope => new ProjectorMomentumSimCLR(
        () => new StagedBackbone(), new() { EmaScope = scope, ProjectionDim = 6, HiddenDim = 10, Temperature = 0.5 }, TestRuns.Of()));

    [Fact]
    public void Constructor_LastStageOfABackboneWithoutStages_IsRefused()
    {
        var fault = Assert.Throws<ConfigurationException>(
            () => new ProjectorMomentum(() => new PixelBackbone(), new() { EmaScope = MomentumScope.LastStageAndProjector }, TestRuns.Of()));

        Assert.Contains("method.emaScope", fault.Message, StringComparison.Ordinal);
    }

    private static void AssertSameForEveryScope<T>(Func<MomentumScope, T> create)
        where T : Module, IMethod
    {
        var plain = create(MomentumScope.None);
        var expected = plain.Step(TestRuns.Batch(), TestRuns.Step()).Loss.item<float>();

        foreach (var scope in new[] { MomentumScope.Projector, MomentumScope.LastStageAndProjector, MomentumScope.Full })
        {
            var method = create(scope);
            var state = method.state_dict();
            method.load_state_dict(
                state.Keys.ToDictionary(key => key, key => plain.state_dict()[key.Replace("momentumEncoder.", "", StringComparison.Ordinal)]));

            Assert.Equal(expected, method.Step(TestRuns.Batch(), TestRuns.Step()).Loss.item<float>(), tolerance: 1e-5);
        }
    }

    /// <summary>Two layers, the second declared as a stage.</summary>
    private sealed class StagedBackbone : Module<Tensor, Tensor>, IBackbone
    {
        private readonly Module<Tensor, Tensor> layers = Sequential(Flatten(), Linear(3 * TestRuns.ImageSize * TestRuns.ImageSize, 16), ReLU());
        private readonly Module<Tensor, Tensor> stage = Linear(16, 12);

        public StagedBackbone()
            : base(nameof(StagedBackbone)) => RegisterComponents();

        public int FeatureDim => 12;

        public IReadOnlyList<FeatureStage> Stages => [new("stage", 12, 1)];

        public override Tensor forward(Tensor input) => stage.call(layers.call(input));
    }
}
