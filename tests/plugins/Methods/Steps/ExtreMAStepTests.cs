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

        var k = Projected(networks, "teacher.", "targetProjector", Encode(networks, "teacher.backbone", batch.Views[1])).detach();   // all 16 patches
        Tensor[] z = [.. Enumerable.Range(0, 3).Select(mask =>
        {
            var order = Noise(batch, Patches, disjoint ? 0 : mask).argsort(1);
            var visible = order.narrow(1, disjoint ? 4 * mask : 0, 4);

            return Projected(networks, "", "projector", Encode(networks, "backbone", batch.Views[0], visible));
        })];
        var distances = z.Select(z => (2 - (2 * PairCosines(networks.Run(z, "predictor"), k))).mean());
        networks.AssertStep(new(stack([.. distances]).mean()) { Embedding = z[0], Positive = k, Constants = ["teacher", "targetProjector"] }, output);
    }

    [Fact]
    public void Backbone_OfTheTeacher_GivesItsClassTokenOfAllPatches()
    {
        var method = Create(_options with { Evaluated = ExtreMAFeatures.Teacher });
        var (networks, images) = (new Networks(method), Networks.Batch(8, 8).Views[0]);

        var features = method.Backbone.call(images);

        Tensors.AssertClose(Instance(networks, "teacher.", Encode(networks, "teacher.backbone", images)).to(float32), features);
        Assert.Equal(method.Backbone.FeatureDim, features.shape[1]);
        Assert.Equal(Create(_options).state_dict().Keys, method.state_dict().Keys);   // so that a run may be evaluated either way
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

    // the class token of the class-attention blocks, normalised by the backbone
    private static Tensor Instance(Networks networks, string prefix, Tensor tokens)
    {
        var token = ((ClassAttentionPooling)networks.Part($"{prefix}pooling")).call(Patch(tokens));

        return Normalise(networks, $"{prefix}backbone", token).squeeze(1);
    }

    private static Tensor Projected(Networks networks, string prefix, string projector, Tensor tokens) =>
        networks.Run(Instance(networks, prefix, tokens), projector);
}
