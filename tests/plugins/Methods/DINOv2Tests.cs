using Parallax.Plugins.Methods;
using Parallax.Plugins.Tests.Methods.Steps;

namespace Parallax.Plugins.Tests.Methods;

public sealed class DINOv2Tests
{
    private static readonly DINOv2Options _small = new() { Outputs = 9, HiddenDim = 10, BottleneckDim = 6 };

    [Theory]
    [InlineData(DINOv2Centring.Sinkhorn)]
    [InlineData(DINOv2Centring.Softmax)]
    public void Step_NothingHidden_HasNoLossOfPatches(DINOv2Centring centring)
    {
        var output = Create(_small with { MaskProbability = 0, Centring = centring }).Step(TestRuns.Batch(), TestRuns.Step());

        Assert.Equal(0, output.Diagnostics[1].Value.item<float>());
        Tensors.AssertFinite(output.Loss.reshape(1));
    }

    [Fact]
    public void Step_Balanced_HasNoCentre()
    {
        var method = Create(_small);

        Assert.Empty(method.Step(TestRuns.Batch(), TestRuns.Step()).Remember);
        Assert.DoesNotContain(method.named_buffers(), buffer => buffer.name.Contains("entre", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, "head.last_layer.weight_v patch_head.last_layer.weight_v")]
    [InlineData(false, "head.last_layer.weight_v")]
    public void ParameterRules_FreezeTheLastLayersOfTheStudent(bool separate, string names)
    {
        var method = Create(_small with { SeparateHeads = separate });
        var rule = Assert.Single(method.ParameterRules);

        Assert.Equal(names.Split(' '), method.named_parameters().Where(p => rule.Matches(new(p.name, p.parameter.dim()))).Select(p => p.name).Order());
    }

    [Fact]
    public void Faults_OneImageAtATime_NamesWhatToChange()
    {
        var run = TestRuns.Of() with { Accumulation = TestRuns.BatchSize };

        Assert.StartsWith("method.koLeoWeight is 0.1, but one image is seen at a time", Assert.Single(_small.Faults(run)), StringComparison.Ordinal);
        Assert.Empty((_small with { KoLeoWeight = 0 }).Faults(run));
    }

    [Fact]
    public void Faults_SizesOfAPatchHead_WhichThereIsNot_AreTold()
    {
        var options = _small with { SeparateHeads = false, PatchOutputs = 7, PatchBottleneckDim = 5 };

        var faults = options.Faults(TestRuns.Of()).ToList();

        Assert.Equal(2, faults.Count);
        Assert.StartsWith("method.patchOutputs is 7, but method.separateHeads is false", faults[0], StringComparison.Ordinal);
        Assert.StartsWith("method.patchBottleneckDim is 5", faults[1], StringComparison.Ordinal);
        Assert.Empty((options with { SeparateHeads = true }).Faults(TestRuns.Of()));
    }

    [Fact]
    public void Faults_SwinWithOneToken_IsTold()
    {
        var run = TestRuns.Of();

        var fault = Assert.Single(new DINOv2(Transformers.Windows, _small, run).Faults(run));

        Assert.StartsWith("data.imageSize is 8, which is 1 x 1 tokens", fault, StringComparison.Ordinal);
        Assert.Empty(new DINOv2(Transformers.Windows, _small, run).Faults(run with { ImageSize = 16 }));
    }

    private static DINOv2 Create(DINOv2Options options) => new(Transformers.Tiny, options, TestRuns.Of());
}
