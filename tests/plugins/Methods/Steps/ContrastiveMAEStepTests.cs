using Parallax.Plugins.Backbones;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;
using static Parallax.Plugins.Tests.Methods.Steps.SmallTransformer;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>C-MAE as we define it.</summary>
public sealed class ContrastiveMAEStepTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Step_ContrastsTwoOcclusionsThatHideDifferentPatches(int views)
    {
        var method = new ContrastiveMAE(() => Create(), new() { MaskRatio = 0.7, Temperature = 0.3, HiddenDim = 10, ProjectionDim = 6 }, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch([.. Enumerable.Repeat(8, views)]));

        var output = method.Step(batch, TestRuns.Step());

        var hidden = RandomMasking.Of(Noise(batch, Patches), 0.7).Hidden;   // 12 of 16 patches
        var (za, zb) = (Project("backbone", "projector", batch.Views[0], hidden), Project("backbone", "projector", batch.Views[^1], 1 - hidden));
        var ka = Project("momentumBackbone", "momentumProjector", batch.Views[0], hidden).detach();
        var kb = Project("momentumBackbone", "momentumProjector", batch.Views[^1], 1 - hidden).detach();
        var loss = 2 * 0.3 * (Diagonal(Cosines(za, kb) / 0.3) + Diagonal(Cosines(zb, ka) / 0.3));
        networks.AssertStep(new(loss) { Embedding = za, Positive = zb, Constants = ["momentum"] }, output);

        Tensor Project(string encoder, string head, Tensor images, Tensor isHidden)
        {
            var backbone = (ViT)networks.Part(encoder);
            var share = isHidden.view(4, 4, 4, 1);
            var occluded = (backbone.EmbedPatches(images) * (1 - share)) + (Parameter() * share);

            return networks.Run(Normalise(networks, encoder, Patch(backbone.Encode(occluded))).mean([1]), head);
        }

        Tensor Parameter() => method.get_parameter("mask_token")!;
    }
}
