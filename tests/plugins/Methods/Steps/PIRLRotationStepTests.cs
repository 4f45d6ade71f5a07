using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;
using static Parallax.Plugins.Tests.Methods.Steps.MemoryEquations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>PIRL with rotations against Misra and van der Maaten 2020.</summary>
public sealed class PIRLRotationStepTests
{
    private const double T = 0.3, Weight = 0.3;
    private const int Images = 40, Negatives = 6, Turns = 4;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void PIRLRotation_Step_IsThePapers(int epoch)
    {
        PIRLRotationOptions options = new() { Temperature = T, ProjectionDim = 6, Negatives = Negatives, RotationWeight = Weight };
        var method = new PIRLRotation(new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8));

        var output = method.Step(batch, TestRuns.Step() with { Epoch = epoch });

        var bank = networks.State("bank.bank");
        var f = Unit(networks.Run(batch.Views[0], "backbone", "imageHead"));
        var g = Unit(networks.Run(Rotated(batch, epoch), "backbone", "rotationHead"));
        var ofRotated = Exponentials(g, bank, Candidates(batch.Indices, epoch, part: 1, Negatives, Images), T);
        var ofImage = Exponentials(f, bank, Candidates(batch.Indices, epoch, part: 2, Negatives, Images), T);
        var z = Z(ofRotated, Images);
        var (rotationLoss, imageLoss) = (NCE(ofRotated, z, Images), NCE(ofImage, z, Images));
        networks.AssertStep(
            new((Weight * rotationLoss) + ((1 - Weight) * imageLoss))
            {
                Embedding = f, Positive = g, Reports = [("rotation_loss", rotationLoss), ("image_loss", imageLoss)],
                Remembered = [("bank", f, batch.Indices)],
            },
            output with { Remember = [output.Remember[0]] });
        Assert.Equal(z, output.Remember[1].Rows.item<float>(), 1e-4 * z);
    }

    [Fact]
    public void PIRLRotation_Rotations_AreEachAsLikelyAndOthersInAnotherEpoch()
    {
        var images = Enumerable.Range(0, 400).Select(image => (long)image).ToArray();

        var (first, second) = (images.Select(image => Turn(image, epoch: 0)).ToList(), images.Select(image => Turn(image, epoch: 1)).ToList());

        Assert.All(first.CountBy(turn => turn), turn => Assert.InRange(turn.Value, 70, 130));
        Assert.Equal(Turns, first.Distinct().Count());
        Assert.NotEqual(first, second);
    }

    /// <summary>The second view of each image, turned counter-clockwise as it belongs to image and epoch.</summary>
    private static Tensor Rotated(Batch batch, int epoch) => stack([.. Tensors.Integers(batch.Indices).Select((image, i) =>
        batch.Views[1][i].rot90(Turn(image, epoch), (1, 2)))]);

    private static int Turn(long image, int epoch)
    {
        var random = new CounterRandom(seed: 1, epoch, image, RandomPurpose.Masking);

        return random.NextInt(Turns);
    }
}
