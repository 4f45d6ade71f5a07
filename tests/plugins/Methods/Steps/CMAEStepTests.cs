using Parallax.Contracts;
using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;
using static Parallax.Plugins.Tests.Methods.Steps.SmallTransformer;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>CMAE against section 3 of Huang et al. 2023 and its code.</summary>
public sealed class CMAEStepTests
{
    private static readonly CMAEOptions _options = new()
    {
        MaskRatio = 0.4, Temperature = 0.3, ContrastWeight = 0.7, ReconstructionWeight = 1.3, DecoderWidth = 16, DecoderDepth = 2, FeatureDecoderDepth = 1,
        DecoderHeads = 2, HiddenDim = 10, ProjectionDim = 6,
    };

    [Fact]
    public void Step_AddsTheContrastOfDecodedFeaturesToTheReconstruction()
    {
        var method = Create(_options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var mask = CoarseMasking.Of(Noise(batch, 4), 0.4);   // two of four squares stay: 8 of 16 patches
        var tokens = Normalise(networks, "backbone", Encode(networks, "backbone", batch.Views[0], mask.Visible));
        Assert.Equal([4L, 1 + 8, Width], tokens.shape);
        var pixels = ((MaskedAutoencoderDecoder)networks.Part("pixelDecoder")).call(tokens, mask.Restore);
        var reconstruction = Reconstruction(batch.Views[0], pixels, mask.Hidden, error => error.square());
        var features = ((MaskedAutoencoderDecoder)networks.Part("featureDecoder")).call(tokens, mask.Restore);
        Assert.Equal([4L, Patches, Width], features.shape);
        var z = networks.Run(features.mean([1]), "projector");
        var k = networks.Run(Patch(Encode(networks, "targetBackbone", batch.Views[1])).mean([1]), "targetProjector").detach();   // no final normalisation
        var contrast = 2 * 0.3 * Diagonal(Cosines(networks.Run(z, "predictor"), k) / 0.3);
        networks.AssertStep(
            new((0.7 * contrast) + (1.3 * reconstruction))
            {
                Embedding = z, Positive = k, Constants = ["target", "pixelDecoder.decoder_pos_embed", "featureDecoder.decoder_pos_embed"],
                Reports = [("contrast_loss", contrast), ("reconstruction_loss", reconstruction)],
            },
            output);
    }

    [Fact]
    public void Pictures_HideSquaresOfTwoPatchesAndKeepTheRest()
    {
        var method = Create(_options, TestRuns.Of());
        var batch = Networks.Batch(8, 8);

        var pictures = method.Pictures(batch, TestRuns.Step()).ToDictionary(column => column.Title, column => column.Images);

        var visible = pictures["masked"].ne(0).any(1).to(float32);   // [N, 8, 8]
        var squares = F.avg_pool2d(visible.unsqueeze(1), 4).flatten(1);   // a square is 2 x 2 patches of 2 x 2 pixels
        Assert.All(Tensors.Values(squares), share => Assert.True(share is 0 or 1));
        Assert.Equal([2f, 2, 2, 2], Tensors.Values(squares.sum([1L])));   // two of four stay
        Tensors.AssertClose(batch.Views[0] * visible.unsqueeze(1), pictures["reconstruction"] * visible.unsqueeze(1));
    }

    [Theory]
    [InlineData(0.75, 12, 0)]   // 3 x 3 squares, two stay
    [InlineData(0.89, 12, 1)]
    [InlineData(0.5, 10, 1)]    // 5 x 5 patches
    public void Faults_NoSquareOrHalfASquare_AreNamed(double ratio, int side, int faults)
    {
        var run = TestRuns.Of() with { ImageSize = side };

        Assert.Equal(faults, Create(_options with { MaskRatio = ratio }, run).Faults(run).Count());
    }

    [Fact]
    public void Faults_PatchesOfOneValue_AreNamed()
    {
        var run = TestRuns.Of(channels: 1);
        CMAE method = new(() => new ViT(new() { Width = 24, Depth = 1, Heads = 2, PatchSize = 1, Pooling = ViTPooling.Average }, run), _options, run);

        Assert.StartsWith("method.normalisePixels is true", Assert.Single(method.Faults(run)), StringComparison.Ordinal);
    }

    private static CMAE Create(CMAEOptions options, RunInfo run) => new(() => SmallTransformer.Create(), options, run);
}
