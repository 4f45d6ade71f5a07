using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;
using static Parallax.Plugins.Tests.Methods.Steps.MemoryEquations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>PIRL against Misra and van der Maaten 2020 and their code.</summary>
public sealed class PIRLStepTests
{
    private const double T = 0.3, Weight = 0.3;
    private const int Images = 40, Negatives = 6, Tiles = 9;

    [Theory]
    [InlineData(PIRLContrast.NCE, 0)]
    [InlineData(PIRLContrast.InfoNCE, 10)]
    [InlineData(PIRLContrast.Paper, 0)]
    public void PIRL_Step_IsThePapers(PIRLContrast contrast, int hidden)
    {
        const int epoch = 2;
        PIRLOptions options = new()
        {
            Temperature = T, ProjectionDim = 6, Negatives = Negatives, PatchWeight = Weight, Contrast = contrast, HiddenDim = hidden,
        };
        var method = new PIRL(new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 4, 4, 4, 4, 4, 4, 4, 4, 4));

        var output = method.Step(batch, TestRuns.Step() with { Epoch = epoch });

        var (isPaper, bank) = (contrast == PIRLContrast.Paper, networks.State("bank.bank"));
        var f = Unit(networks.Run(batch.Views[0], "backbone", "imageHead"));
        var g = Unit(networks.Run(Shuffled(batch, epoch, networks.RunOnAll([.. batch.Views.Skip(1)], "backbone", "tileHead")), "joinHead"));
        var ofTiles = Exponentials(g, bank, Candidates(batch.Indices, epoch, part: 1, Negatives, Images, isPaper), T);
        var ofImage = Exponentials(f, bank, Candidates(batch.Indices, epoch, isPaper ? 1 : 2, Negatives, Images, isPaper), T);
        var z = Z(ofTiles, Images);
        var (tileLoss, imageLoss) = (Term(ofTiles), Term(ofImage));
        networks.AssertStep(
            new((Weight * tileLoss) + ((1 - Weight) * imageLoss))
            {
                Embedding = f, Positive = g, Reports = [("tile_loss", tileLoss), ("image_loss", imageLoss)], Remembered = [("bank", f, batch.Indices)],
            },
            output with { Remember = [output.Remember[0]] });
        Assert.Equal(contrast == PIRLContrast.NCE ? [z] : [], output.Remember.Skip(1).Select(update => (double)update.Rows.item<float>()), (expected, actual) =>
            Math.Abs(expected - actual) <= 1e-4 * z);   // the other losses have no Z

        Tensor Term(Tensor e) => contrast switch
        {
            PIRLContrast.NCE => NCE(e, z, Images),
            PIRLContrast.InfoNCE => InfoNCE(e.select(1, 0).log(), e.narrow(1, 1, Negatives).log()),
            _ => Printed(e),
        };
    }

    [Fact]
    public void PIRL_OneImageWithThePapersLoss_IsRefused()
    {
        var run = TestRuns.Of();
        run = run with { Data = run.Data with { Count = 1 } };

        Assert.Contains("method.contrast is paper", Assert.Single(new PIRLOptions { Contrast = PIRLContrast.Paper }.Faults(run)), StringComparison.Ordinal);
    }

    [Fact]
    public void PIRL_FewerViewsThanImageAndTiles_AreRefused()
    {
        var run = TestRuns.Of();

        Assert.StartsWith("views has 9 views, but the method expects 10 or more: the image, then its nine tiles.",
            Assert.Single(new PIRLOptions().Faults(run with { ViewCount = 9 })), StringComparison.Ordinal);
        Assert.Empty(new PIRLOptions().Faults(run with { ViewCount = 10 }));
    }

    /// <summary>The tiles of each image side by side, in the order that belongs to image and epoch.</summary>
    private static Tensor Shuffled(Batch batch, int epoch, Tensor[] tiles) => stack([.. Tensors.Integers(batch.Indices).Select((image, i) =>
    {
        int[] order = [.. Enumerable.Range(0, Tiles)];
        var random = new CounterRandom(seed: 1, epoch, image, RandomPurpose.Masking);
        random.Shuffle<int>(order);

        return cat([.. order.Select(tile => tiles[tile][i])], 0);
    })]);
}
