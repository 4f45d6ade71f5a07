using Microsoft.Extensions.Logging.Abstractions;
using Parallax.Contracts;
using Parallax.Plugins.Methods;
using Parallax.Plugins.Parts;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Pretext tasks against their papers.</summary>
public sealed class PretextStepTests
{
    [Fact]
    public void RotNet_Step_IsThePapers()
    {
        var method = new RotNet(new NormBackbone(), TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8));

        var output = method.Step(batch, TestRuns.Step());

        var image = batch.Views[0];
        Tensor[] turned = [image, image.transpose(2, 3).flip(2), image.flip(2, 3), image.transpose(2, 3).flip(3)];   // counter-clockwise
        var h = networks.RunOnAll(turned, "backbone");
        var logits = networks.RunOnAll(h, "head").Select(turn => turn.to(float64)).ToArray();
        var hits = logits.Select((turn, k) => turn.argmax(1).eq(k).to(float64).mean()).ToArray();
        networks.AssertStep(
            new(logits.Select((turn, k) => -Softmax(turn).select(1, k).log().mean()).Aggregate((a, b) => a + b) / 4)
            {
                Embedding = h[0],
                Reports =
                [
                    ("accuracy", stack(hits).mean()), ("accuracy_0", hits[0]), ("accuracy_90", hits[1]), ("accuracy_180", hits[2]), ("accuracy_270", hits[3]),
                ],
            },
            output);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    public void RelativePosition_Step_IsThePapers(int embedding)
    {
        RelativePositionOptions options = new() { Pixels = TilePixels.Normalised, EmbeddingDim = embedding, HiddenDim = 10, Dropout = 0 };
        var method = new RelativePosition(new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(12));

        var output = method.Step(batch, TestRuns.Step());

        var tiles = ExpectedTiles.Of(batch, cells: 3, cell: 4, tile: 3, jitter: 1);
        var z = networks.Run(tiles, "backbone", "embedding").unflatten(0, [-1, 9]);   // [N, 9, E]
        int[] around = [0, 1, 2, 3, 5, 6, 7, 8];
        var pairs = cat([.. from image in Enumerable.Range(0, 4) from tile in around select cat([z[image][tile], z[image][4]], 0).unsqueeze(0)], 0);
        var logits = networks.Run(pairs, "head").to(float64);
        var places = arange(8, dtype: int64).repeat(4);
        networks.AssertStep(
            new(CrossEntropy(F.one_hot(places, 8).to(float64), logits))
            {
                Embedding = z.select(1, 4),
                Reports = [("accuracy", logits.argmax(1).eq(places).to(float64).mean())],
            },
            output);
    }

    [Theory]
    [InlineData(2, 3, 0, 1)]
    [InlineData(3, 6, 7, 1)]
    [InlineData(2, 6, 7, 3)]
    public void Jigsaw_Step_IsThePapers(int cells, int permutations, int hidden, int perImage)
    {
        JigsawOptions options = new()
        {
            Cells = cells, Permutations = permutations, HiddenDim = hidden, PermutationsPerImage = perImage, EmbeddingDim = 5,
        };
        var method = new Jigsaw(new NormBackbone(), options, TestRuns.Of(), NullLogger.Instance);
        var (networks, batch) = (new Networks(method), Networks.Batch(12));

        var output = method.Step(batch, TestRuns.Step());

        var (cell, tile) = (12 / cells, cells == 2 ? 5 : 3);   // three quarters of a cell, rounded
        var h = networks.Run(ExpectedTiles.Of(batch, cells, cell, tile, cell - tile), "backbone");
        var z = networks.Run(h, "embedding").unflatten(0, [-1, cells * cells]);
        var (rows, classes) = (new List<Tensor>(), new List<long>());
        for (var image = 0; image < 4; image++)
        {
            foreach (var drawn in Drawn(ExpectedTiles.Random(batch, image, part: 3), permutations, perImage))
            {
                var order = Tensors.Integers(networks.State("permutations")[drawn]);
                rows.Add(cat([.. order.Select(t => z[image][t])], 0));
                classes.Add(drawn);
            }
        }

        var logits = networks.Run(stack([.. rows]), "head").to(float64);
        var right = tensor(classes.ToArray());
        networks.AssertStep(
            new(CrossEntropy(F.one_hot(right, permutations).to(float64), logits))
            {
                Embedding = h.unflatten(0, [-1, cells * cells]).mean([1]),
                Reports = [("accuracy", logits.argmax(1).eq(right).to(float64).mean())],
            },
            output);
    }

    [Theory]
    [InlineData(ExemplarTriplets.BatchHard, 0, true)]
    [InlineData(ExemplarTriplets.BatchHard, 0.3, false)]
    [InlineData(ExemplarTriplets.SemiHard, 0.5, true)]
    public void ExemplarTriplet_Step_IsThePapers(ExemplarTriplets triplets, double margin, bool soft)
    {
        ExemplarTripletOptions options = new() { ViewsPerImage = 3, EmbeddingDim = 6, Triplets = triplets, Margin = margin, SoftMargin = soft };
        var method = new ExemplarTriplet(new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8, 8));

        var output = method.Step(batch, TestRuns.Step());

        Tensor[] z = [.. networks.RunOnAll(networks.RunOnAll([.. batch.Views], "backbone"), "embedding").Select(Unit)];   // [4, 6] of each view
        List<Tensor> terms = [];
        List<bool> solved = [];
        foreach (var (view, image) in Places())
        {
            var squares = Places().Select(other => (Same: other.Image == image, Self: other == (view, image), D: (z[view][image] - z[other.View][other.Image])
                .square().sum())).ToList();
            var (own, others) = (squares.Where(s => s.Same && !s.Self).Select(s => s.D).ToList(), squares.Where(s => !s.Same).Select(s => s.D).ToList());
            var (furthest, nearest) = (stack([.. own]).max().sqrt(), stack([.. others]).min().sqrt());
            if (triplets == ExemplarTriplets.BatchHard)
            {
                var gap = furthest - nearest + margin;
                terms.Add(soft ? (1 + gap.exp()).log() : gap.clamp_min(0));
                solved.Add(gap.item<double>() <= 0);
                continue;
            }

            Tensor[] gaps = [.. own.Select(positive => positive - (others.Where(n => n.item<double>() > positive.item<double>())
                .OrderBy(n => n.item<double>()).FirstOrDefault() ?? stack([.. others]).max()) + margin)];
            terms.AddRange(gaps.Select(gap => gap.clamp_min(0)));
            solved.AddRange(gaps.Select(gap => gap.item<double>() <= 0));
        }

        networks.AssertStep(
            new(stack([.. terms]).mean())
            {
                Embedding = z[0], Positive = z[1], Reports = [("solved_triplets", tensor(solved.Average(isSolved => isSolved ? 1.0 : 0)))],
            },
            output);

        static IEnumerable<(int View, int Image)> Places() => from view in Enumerable.Range(0, 3) from image in Enumerable.Range(0, 4) select (view, image);
    }

    /// <summary>Floyd's draw of different numbers.</summary>
    private static List<long> Drawn(CounterRandom random, int of, int count)
    {
        List<long> drawn = [];
        for (var last = of - count; last < of; last++)
        {
            var next = random.NextInt(last + 1);
            drawn.Add(drawn.Contains(next) ? last : next);
        }

        return drawn;
    }
}
