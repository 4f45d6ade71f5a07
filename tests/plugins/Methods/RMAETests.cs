using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods;

public sealed class RMAETests
{
    private static readonly RMAEOptions _small = new() { DecoderWidth = 16, DecoderDepth = 1, DecoderHeads = 2 };

    [Fact]
    public void Step_Loss_IsTheSimilarityAndTheWeightedReconstruction()
    {
        var output = Create(_small with { ReconstructionWeight = 0.5 }).Step(TestRuns.Batch(), TestRuns.Step());

        var parts = output.Diagnostics.ToDictionary(diagnostic => diagnostic.Name, diagnostic => diagnostic.Value.item<float>());
        Assert.Equal(parts["similarity_loss"] + (0.5 * parts["reconstruction_loss"]), output.Loss.item<float>(), tolerance: 1e-5);
    }

    [Fact]
    public void Step_StopGradient_LeavesTheLossAndChangesTheGradient()
    {
        var (open, stopped) = (Create(_small), Create(_small with { StopGradient = true }));
        var (a, b) = (open.Step(TestRuns.Batch(), TestRuns.Step()).Loss, stopped.Step(TestRuns.Batch(), TestRuns.Step()).Loss);

        a.backward();
        b.backward();

        Assert.Equal(a.item<float>(), b.item<float>());
        Assert.False(Gradient(open).allclose(Gradient(stopped)));
    }

    [Fact]
    public void Step_BothViews_AreAllPatchesTogether()
    {
        var output = Create(_small).Step(TestRuns.Batch(), TestRuns.Step());

        Assert.Equal(output.Embedding!.shape, output.Positive!.shape);
        Assert.False(output.Embedding.allclose(output.Positive), "the views show other patches");
    }

    private static Tensor Gradient(RMAE method) => method.get_parameter("decoder.decoder_pred.weight")!.grad!;

    private static RMAE Create(RMAEOptions options)
    {
        manual_seed(3);

        return new(() => new ViT(new() { Width = 32, Depth = 1, Heads = 2, PatchSize = 2 }, TestRuns.Of()), options, TestRuns.Of());
    }
}
