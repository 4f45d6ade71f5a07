using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.SmallTransformer;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>R-MAE as we define it.</summary>
public sealed class RMAEStepTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Step_DecodesBothPartsAlikeWhereTheFirstSeesNothing(bool stop)
    {
        RMAEOptions options = new() { MaskRatio = 0.7, ReconstructionWeight = 0.6, StopGradient = stop, DecoderWidth = 16, DecoderDepth = 1, DecoderHeads = 2 };
        var method = new RMAE(() => Create(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step());

        var order = Noise(batch, Patches).argsort(1);                                                     // [4, 16]: int(16 * 0.3) are seen, then the others
        var (seen, unseen) = (order.narrow(1, 0, 4), order.narrow(1, 4, 12));
        var hidden = ones([4, Patches]).scatter(1, seen, zeros([4, 4]));                                  // [4, 16]
        var (tokens, others) = (Encoded(seen), Encoded(unseen));
        Assert.Equal((1 + 4, 1 + 12), (tokens.shape[1], others.shape[1]));
        var decoder = (MaskedAutoencoderDecoder)networks.Part("decoder");
        var fromVisible = decoder.call(tokens, order.argsort(1));
        var fromHidden = decoder.call(others, cat([unseen, seen], 1).argsort(1));
        var similarity = ((fromVisible - (stop ? fromHidden.detach() : fromHidden)).to(float64).square().mean([2]) * hidden).sum() / hidden.sum();
        var reconstruction = Reconstruction(batch.Views[0], fromHidden, hidden, error => error.square());
        networks.AssertStep(
            new(similarity + (0.6 * reconstruction))
            {
                Embedding = Patch(tokens).mean([1]), Positive = Patch(others).mean([1]), Constants = ["decoder.decoder_pos_embed"],
                Reports = [("similarity_loss", similarity), ("reconstruction_loss", reconstruction)],
            },
            output);

        Tensor Encoded(Tensor visible) => Normalise(networks, "backbone", Encode(networks, "backbone", batch.Views[0], visible));
    }
}
