using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>CPC v2 against its paper.</summary>
public sealed class CPCv2StepTests
{
    private const int Side = 4, Patch = 5, Stride = 3;   // of images of 14 pixels
    private static readonly string[] _reports = ["loss_down", "loss_right", "loss_up", "loss_left"];
    private static readonly Dictionary<int, int[]> _turns = new() { [1] = [0], [2] = [0, 2], [3] = [0, 1, 2], [4] = [0, 1, 2, 3] };   // up comes second

    [Theory]
    [InlineData(0, 4)]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 3)]
    [InlineData(3, 4)]
    [InlineData(3, 2)]
    public void Step_IsThePapers(int negatives, int directions)
    {
        CPCv2Options options = new()
        {
            PatchesPerSide = Side, PatchShare = (double)Patch / 14, AugmentsPatches = false, ContextDim = 6, ContextBlocks = 2, ProjectionDim = 5,
            FirstOffset = 2, Offsets = 2, PredictionScale = 0.7, Negatives = negatives, Directions = directions,
        };
        var run = TestRuns.Of() with { ImageSize = 14 };
        var method = new CPCv2(_ => new NormBackbone(), options, run, NullLogger.Instance);
        var (networks, batch) = (new Networks(method), Networks.Batch(14));

        var output = method.Step(batch, TestRuns.Step());

        var places = from row in Enumerable.Range(0, Side) from column in Enumerable.Range(0, Side) select (row, column);
        var patches = stack([.. places.Select(place => batch.Views[0].narrow(2, place.row * Stride, Patch).narrow(3, place.column * Stride, Patch))], 1);
        var codes = networks.Run(patches.flatten(0, 1), "backbone.backbone").view(4, Side, Side, -1).permute(0, 3, 1, 2);
        var draws = new Draws(batch);
        var turns = _turns[directions];
        var losses = turns.Select((turn, d) => OfDirection(networks, $"directions.{d}.", Turned(codes, turn), negatives, draws)).ToArray();
        networks.AssertStep(
            new(stack(losses).mean())
            {
                Embedding = codes.mean([2, 3]),
                Reports = [.. losses.Zip(turns, (loss, turn) => (_reports[turn], loss))],
            },
            output);
    }

    [Fact]
    public void Step_AugmentedPatches_DependOnSeedEpochAndImageOnly()
    {
        var options = new CPCv2Options { PatchesPerSide = Side, ContextDim = 6, ContextBlocks = 1, FirstOffset = 2, Offsets = 1 };
        var method = new CPCv2(_ => new NormBackbone(), options, TestRuns.Of() with { ImageSize = 14 }, NullLogger.Instance);
        method.eval();
        var batch = Networks.Batch(14);
        var swapped = batch with { Views = [batch.Views[0].flip(0)], Indices = batch.Indices.flip(0) };

        var (first, again) = (Embedding(batch, TestRuns.Step()), Embedding(swapped, TestRuns.Step(seed: 9)));

        Tensors.AssertClose(first, again.flip(0));
        Assert.NotEqual(Tensors.Values(first), Tensors.Values(Embedding(batch, TestRuns.Step(epoch: 1))));

        Tensor Embedding(Batch images, StepContext context) => method.Step(images, context).Embedding!;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.9)]
    public void Backbone_WithAnAverage_IsThatOfTheEncoder(double momentum)
    {
        var options = new CPCv2Options { PatchesPerSide = Side, ContextDim = 6, ContextBlocks = 1, FirstOffset = 2, Offsets = 1, AverageMomentum = momentum };
        var method = new CPCv2(
            _ => momentum == 0 ? new NormBackbone() : new PixelBackbone(), options, TestRuns.Of() with { ImageSize = 14 }, NullLogger.Instance);
        var networks = new Networks(method);

        var encoder = networks.Part("backbone");

        Assert.Equal(momentum == 0, ReferenceEquals(encoder, method.Backbone));
        Assert.Equal(
            momentum == 0 ? [] : [(encoder, (Module)method.Backbone, MomentumUpdate.AfterOptimizerStep)],
            method.MomentumPairs.Select(pair => (pair.Online, pair.Target, pair.When)));
        Assert.All(method.MomentumPairs, pair => Assert.Equal(momentum, pair.Momentum.At(1000, 1)));
        Assert.StartsWith("method.averageMomentum needs", Assert.Throws<ConfigurationException>(() => new CPCv2(
            _ => new NormBackbone(), options with { AverageMomentum = 0.9 }, TestRuns.Of() with { ImageSize = 14 }, NullLogger.Instance)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, 3, null)]
    [InlineData(3, 4, "the furthest row would be 6 rows away, but images have method.patchesPerSide 6 rows. Expected 5 at most")]
    public void Options_OffsetsBeyondTheGrid_AreAFault(int first, int offsets, string? expected)
    {
        var faults = new CPCv2Options { FirstOffset = first, Offsets = offsets }.Faults(TestRuns.Of()).ToList();

        Assert.Equal(expected is null ? 0 : 1, faults.Count);
        Assert.All(faults, fault => Assert.Contains(expected!, fault, StringComparison.Ordinal));
    }

    private static Tensor OfDirection(Networks networks, string name, Tensor codes, int negatives, Draws draws)
    {
        var targets = networks.Run(codes, name + "targets").to(float64);
        var context = networks.Run(codes, name + "context");
        List<Tensor> perOffset = [];
        for (var i = 0; i < 2; i++)
        {
            var offset = 2 + i;
            var predictions = 0.7 * networks.Run(context, $"{name}predictors.{i}").to(float64);
            Tensor[] below = [.. Cells(offset).Select(cell => targets[cell.Image, .., cell.Row, cell.Column])];
            List<Tensor> terms = [];
            for (var image = 0; image < 4; image++)
            {
                foreach (var (_, row, column) in Cells(offset).Where(cell => cell.Image == image))
                {
                    var p = predictions[image, .., row - offset, column];
                    var right = p.dot(targets[image, .., row, column]);
                    var others = negatives == 0
                        ? Cells(0).Select(cell => p.dot(targets[cell.Image, .., cell.Row, cell.Column]))
                        : Enumerable.Range(0, negatives).Select(_ => p.dot(below[draws.Next(image, below.Length)])).Append(right);
                    terms.Add(stack([.. others]).logsumexp(0) - right);
                }
            }

            perOffset.Add(stack([.. terms]).mean());
        }

        var losses = stack([.. perOffset]);

        return negatives == 0 ? losses.sum() : losses.mean();
    }

    private static IEnumerable<(int Image, int Row, int Column)> Cells(int firstRow) =>
        from image in Enumerable.Range(0, 4) from row in Enumerable.Range(firstRow, Side - firstRow) from column in Enumerable.Range(0, Side)
        select (image, row, column);

    // clockwise
    private static Tensor Turned(Tensor grid, int turns) => turns == 0 ? grid : Turned(grid.transpose(2, 3).flip(3), turns - 1);

    /// <summary>The numbers of each image, in their order.</summary>
    private sealed class Draws(Batch batch)
    {
        private readonly CounterRandom[] _randoms = [.. Enumerable.Range(0, 4).Select(image => ExpectedTiles.Random(batch, image, part: 1))];

        public int Next(int image, int count) => (int)((_randoms[image].NextUInt32() >> 8) / (double)(1 << 24) * count);
    }
}
