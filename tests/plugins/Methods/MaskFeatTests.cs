using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class MaskFeatTests
{
    private static readonly MaskFeatOptions _small = new() { CellsPerPatch = 1 };

    [Fact]
    public void Step_VisiblePatches_HaveNoPartInTheLoss()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();
        var output = method.Step(batch, TestRuns.Step());

        var hidden = output.Diagnostics.Single(diagnostic => diagnostic.Name == "hidden_share").Value.item<float>();
        output.Loss.backward();

        Assert.InRange(hidden, 1 / 16f, 6 / 16f);   // round(0.4 * 16) patches at most
        Assert.True(method.state_dict()["mask_token"].grad!.abs().max().item<float>() > 0, "the token stands in place of patches");
        Assert.Null(batch.Views[0].grad);
    }

    [Fact]
    public void Step_WhatIsHidden_DoesNotReachTheEncoder()
    {
        var method = Create(_small);
        var batch = TestRuns.Batch();
        var columns = Shown(method, batch);
        var isHidden = columns["masked"].eq(0);
        var changed = where(isHidden, batch.Views[0] * 3, batch.Views[0]);

        var other = Shown(method, batch with { Views = [changed] });

        var drawn = columns["predicted"].ne(columns["gradients"]);   // only what is hidden is predicted
        Assert.True(drawn.any().item<bool>());
        Tensors.AssertClose(columns["predicted"].masked_select(drawn), other["predicted"].masked_select(drawn));
    }

    [Fact]
    public void Step_SmallerShareOnAnotherProcess_DividesByTheMeanOfBoth()
    {
        var batch = TestRuns.Batch();
        var alone = Create(_small).Step(batch, TestRuns.Step()).Loss.item<float>();

        var shared = Create(_small).Step(batch, TestRuns.Step() with { Processes = new TwiceAsMany() }).Loss.item<float>();

        Assert.Equal(alone / 2, shared, tolerance: 1e-5);
    }

    [Theory]
    [InlineData("method.cellsPerPatch is 3", 3, 0, 0.4)]
    [InlineData("method.gaussianWindow is 3", 1, 3, 0.4)]
    [InlineData("method.maskRatio is 0.01", 1, 0, 0.01)]
    public void Faults_WhatDoesNotFit_IsTold(string expected, int cells, int window, double ratio)
    {
        var method = Create(new() { CellsPerPatch = cells, GaussianWindow = window, MaskRatio = ratio });

        Assert.Contains(expected, Assert.Single(method.Faults(TestRuns.Of())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The smallest hidden rectangle has 7 patches (method.minBlockPatches), but 6 of 16", 7, TestRuns.ImageSize)]
    [InlineData("An image has 1 x 1 patches", 0, 2)]
    [InlineData("", 6, TestRuns.ImageSize)]
    [InlineData("", 0, 4)]
    public void Faults_RectanglesThatCannotBe_AreTold(string start, int smallest, int side)
    {
        var run = TestRuns.Of() with { ImageSize = side };
        ViTOptions backbone = new() { Width = 32, Depth = 1, Heads = 2, PatchSize = 2 };
        var method = new MaskFeat(() => new ViT(backbone, run), _small with { MinBlockPatches = smallest }, run);

        var faults = method.Faults(run).ToList();

        Assert.Equal(start.Length > 0 ? 1 : 0, faults.Count);
        Assert.All(faults, fault => Assert.StartsWith(start, fault, StringComparison.Ordinal));
    }

    private static MaskFeat Create(MaskFeatOptions options)
    {
        manual_seed(3);

        return new(() => new ViT(new() { Width = 32, Depth = 1, Heads = 2, PatchSize = 2 }, TestRuns.Of()), options, TestRuns.Of());
    }

    private static Dictionary<string, Tensor> Shown(MaskFeat method, Batch batch) =>
        method.Pictures(batch, TestRuns.Step()).ToDictionary(column => column.Title, column => column.Images);

    /// <summary>Another process, with three times as many hidden patches as this one.</summary>
    private sealed class TwiceAsMany : IProcesses
    {
        public int Rank => 0;

        public int Count => 2;

        public Tensor Gather(Tensor rows) => throw new InvalidOperationException("Nothing is gathered.");

        public Tensor Mean(Tensor value) => value * 2;

        public Tensor Own(Tensor rows) => throw new InvalidOperationException("Nothing is gathered.");
    }
}
