using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.SmallTransformer;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>SupMAE against Liang et al. 2022 and its code.</summary>
public sealed class SupMAEStepTests
{
    [Fact]
    public void Step_AddsTheClassesOfTheMeanOfVisiblePatchesToTheReconstruction()
    {
        SupMAEOptions options = new() { MaskRatio = 0.7, ClassLossWeight = 0.3, DecoderWidth = 16, DecoderHeads = 2, HiddenDim = 8 };
        var method = new SupMAE(() => Create(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step());

        var order = Noise(batch, Patches).argsort(1);                                              // [4, 16]
        var seen = order.narrow(1, 0, 4);                                                          // int(16 * 0.3) patches
        var hidden = ones([4, Patches]).scatter(1, seen, zeros([4, 4]));                           // [4, 16]
        var tokens = Normalise(networks, "backbone", Encode(networks, "backbone", batch.Views[0], seen));
        Assert.Equal([4L, 1 + 4, Width], tokens.shape);
        var predicted = ((MaskedAutoencoderDecoder)networks.Part("decoder")).call(tokens, order.argsort(1));
        var reconstruction = Reconstruction(batch.Views[0], predicted, hidden, error => error.square());
        var h = tokens.narrow(1, 1, 4).mean([1]);                                                  // without the class token
        var logits = networks.Run(h, "cls_head").to(float64);                                      // [4, 3]
        var known = batch.Labels!.ge(0);                                                           // three of four
        var right = F.one_hot(batch.Labels.clamp_min(0), 3).to(float64) * known.unsqueeze(1);
        var classes = -(right * Equations.Softmax(logits).log()).sum() / 4;                        // the unknown one counts in the mean
        networks.AssertStep(
            new(reconstruction + (0.3 * classes))
            {
                Embedding = h, Constants = ["decoder.decoder_pos_embed"],
                Reports =
                [
                    ("reconstruction_loss", reconstruction), ("class_loss", classes), ("accuracy", logits.argmax(1).eq(batch.Labels).to(float64).mean()),
                ],
            },
            output);
    }
}
