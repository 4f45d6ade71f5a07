using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;
using static Parallax.Plugins.Tests.Methods.Steps.SmallTransformer;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>MACRL as we define it.</summary>
public sealed class MACRLStepTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Step_AddsTheContrastWithAQueueToTheReconstructions(bool both)
    {
        MACRLOptions options = new()
        {
            Temperature = 0.3, MaskRatio = 0.75, WeakMaskRatio = 0.5, ReconstructionWeight = 0.8, ReconstructWeakView = both, QueueSize = 8,
            DecoderWidth = 16, DecoderDepth = 1, DecoderHeads = 2, HiddenDim = 10, ProjectionDim = 6,
        };
        var method = new MACRL(() => Create(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step());

        var (a, b) = (RandomMasking.Of(Noise(batch, Patches), 0.75), RandomMasking.Of(Noise(batch, Patches, part: 1), 0.5));
        var strong = Normalise(networks, "backbone", Encode(networks, "backbone", batch.Views[0], a.Visible));
        var weak = Normalise(networks, "momentumBackbone", Encode(networks, "momentumBackbone", batch.Views[1], b.Visible)).detach();
        Assert.Equal((1 + 4, 1 + 8), (strong.shape[1], weak.shape[1]));
        var q = networks.Run(Patch(strong).mean([1]), "projector");
        var k = Unit(networks.Run(Patch(weak).mean([1]), "momentumProjector")).detach();
        var (positives, negatives) = (PairCosines(q, k) / 0.3, Cosines(q, networks.State("queue.queue")) / 0.3);
        var contrast = InfoNCE(positives, negatives);
        var decoder = (MaskedAutoencoderDecoder)networks.Part("decoder");
        var reconstruction = Reconstruction(batch.Views[0], decoder.call(strong, a.Restore), a.Hidden, error => error.abs());
        if (both)
        {
            reconstruction += Reconstruction(batch.Views[1], decoder.call(weak, b.Restore), b.Hidden, error => error.abs());
        }

        networks.AssertStep(
            new(contrast + (0.8 * reconstruction))
            {
                Embedding = q, Positive = k, Remembered = [("queue", k, null)], Constants = ["momentum", "decoder.decoder_pos_embed"],
                Reports = [("proxy_accuracy", Wins(positives, negatives)), ("contrast_loss", contrast), ("reconstruction_loss", reconstruction)],
            },
            output);
    }
}
