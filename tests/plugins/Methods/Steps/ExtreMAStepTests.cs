using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;
using static Parallax.Plugins.Tests.Methods.Steps.SmallTransformer;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>ExtreMA against section 3 of Wu et al. 2023 and its code.</summary>
public sealed class ExtreMAStepTests
{
    private static readonly ExtreMAOptions _options = new() { MaskRatio = 0.75, Masks = 3, HiddenDim = 10, ProjectionDim = 6 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Step_IsTheMeanDistanceOfEveryMaskToTheWholeImage(bool disjoint)
    {
        var method = Create(_options with { DisjointMasks = disjoint });
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var k = Instance(networks, "target", Encode(networks, "targetBackbone", batch.Views[1])).detach();   // all 16 patches
        Tensor[] z = [.. Enumerable.Range(0, 3).Select(mask =>
        {
            var order = Noise(batch, Patches, disjoint ? 0 : mask).argsort(1);
            var visible = order.narrow(1, disjoint ? 4 * mask : 0, 4);

            return Instance(networks, "", Encode(networks, "backbone", batch.Views[0], visible));
        })];
        var distances = z.Select(z => (2 - (2 * PairCosines(networks.Run(z, "predictor"), k))).mean());
        networks.AssertStep(new(stack([.. distances]).mean()) { Embedding = z[0], Positive = k, Constants = ["target"] }, output);
    }

    [Theory]
    [InlineData(4, true, 0)]
    [InlineData(5, true, 1)]    // 20 of 16 patches
    [InlineData(5, false, 0)]
    public void Faults_DisjointMasksThatNeedMorePatchesThanThereAre_AreNamed(int masks, bool disjoint, int faults)
    {
        var method = Create(_options with { Masks = masks, DisjointMasks = disjoint });

        Assert.Equal(faults, method.Faults(TestRuns.Of()).Count(fault => fault.Contains("the masks keep 20 of 16 patches", StringComparison.Ordinal)));
    }

    [Fact]
    public void Views_OfAnImage_ShareTheirCropAndNotTheirColours()
    {
        var views = Create(_options).Views.Views;

        Assert.All(views, view => Assert.Equal(["shared-crop", "color-jitter", "grayscale", "normalize"], view.Steps.Select(step => step.Name)));
        Assert.Equal(2, views.Count);
    }

    private static ExtreMA Create(ExtreMAOptions options) => new(() => SmallTransformer.Create(), options, TestRuns.Of());

    // the class token of the class-attention blocks, normalised by the backbone, then projected
    private static Tensor Instance(Networks networks, string prefix, Tensor tokens)
    {
        string Name(string part) => prefix.Length == 0 ? part : prefix + char.ToUpperInvariant(part[0]) + part[1..];
        var token = ((ClassAttentionPooling)networks.Part(Name("pooling"))).call(Patch(tokens));

        return networks.Run(Normalise(networks, Name("backbone"), token).squeeze(1), Name("projector"));
    }
}
