using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

/// <summary>What must hold for any batch: examples have the shapes and scales that their author thought of.</summary>
/// <remarks>The same batches each time; another Replay draws others. A failure prints the smallest batch found and its seed.</remarks>
[Properties(Arbitrary = [typeof(AnyBatch)], MaxTest = 25, Replay = "(20, 5)")]
public sealed class LossPropertyTests
{
    private const double Temperature = 0.2;

    // Each takes the projections of two views. All normalise rows; those that standardise features, or compare distances, come after.
    private static readonly (string Name, Func<Tensor, Tensor, Tensor> Compute)[] OfDirections =
    [
        ("NTXent", (za, zb) => NTXentLoss.Compute(za, zb, Temperature)),
        ("DCL", (za, zb) => DCLLoss.Compute(za, zb, Temperature)),
        ("DCLW", (za, zb) => DCLLoss.Weighted(za, zb, Temperature, sigma: 0.5)),
        ("Debiased", (za, zb) => DebiasedLoss.Compute(za, zb, Temperature, classPrior: 0.1)),
        ("BYOL", BYOLLoss.Compute),
        ("InfoNCE", (za, zb) => InfoNCELoss.Compute(za, zb, Tensors.UnitRows(7, 5, za.shape[1]), Temperature)),
        ("KeyedNTXent", (za, zb) => KeyedNTXentLoss.Compute(za, zb, zb, za, Temperature)),
        ("SCE", (za, zb) => SCELoss.InBatch(za, zb, null, Neighbourhood.OfOthers(zb, null, 0.1), Temperature, 0.5)),
    ];

    private static readonly (string Name, Func<Tensor, Tensor, Tensor> Compute)[] All =
    [
        .. OfDirections,
        ("BarlowTwins", (za, zb) => BarlowTwinsLoss.Compute(za, zb, 0.01)),
        ("VICReg", (za, zb) => VICRegLoss.Compute(za, zb).Weighted(25, 25, 1)),
    ];

    // A query finds its key among the keys, not the other way round.
    private static readonly string[] OneSided = ["InfoNCE", "SCE"];

    [Property]
    public void Compute_PermutedBatch_IsSame(ViewPair pair)
    {
        using var scope = NewDisposeScope();
        var order = randperm(pair.Images, dtype: int64, generator: new Generator(pair.Seed));

        foreach (var (name, compute) in All)
        {
            AssertSame(name, compute(pair.Za, pair.Zb), compute(pair.Za.index_select(0, order), pair.Zb.index_select(0, order)));
        }
    }

    [Property]
    public void Compute_SwappedViews_IsSame(ViewPair pair)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, compute) in All.Where(loss => !OneSided.Contains(loss.Name)))
        {
            AssertSame(name, compute(pair.Za, pair.Zb), compute(pair.Zb, pair.Za));
        }
    }

    [Property]
    public void Compute_RowsOfOtherLengths_IsSame(ViewPair pair)
    {
        using var scope = NewDisposeScope();
        var lengths = pow(10, Tensors.Normal(pair.Seed + 2, pair.Images, 1));   // [N, 1], from about 0.001 to 1000

        foreach (var (name, compute) in OfDirections)
        {
            AssertSame(name, compute(pair.Za, pair.Zb), compute(pair.Za * lengths, pair.Zb / lengths));
        }
    }

    [Property]
    public void Compute_ViewsThatPointTheSameWay_AreTheOptimum(ViewPair pair)
    {
        using var scope = NewDisposeScope();
        var lengths = Tensors.Normal(pair.Seed + 2, pair.Images, 1).abs() + 0.1f;   // [N, 1]

        Assert.Equal(-1, NegativeCosineLoss.Compute(pair.Za, pair.Za * lengths).item<float>(), tolerance: 1e-5);
        Assert.Equal(0, BYOLLoss.Compute(pair.Za, pair.Za * lengths).item<float>(), tolerance: 1e-5);
        Assert.InRange(BYOLLoss.Compute(pair.Za, pair.Zb).item<float>(), -1e-5, 4 + 1e-5);
    }

    [Property]
    public void Compute_CollapsedViews_HaveFiniteLossAndGradient(ViewPair pair, Magnitude length)
    {
        using var scope = NewDisposeScope();
        var one = Tensors.Normal(pair.Seed, 1, pair.Width) * length.Value;   // [1, D]

        foreach (var (name, compute) in All)
        {
            var (za, zb) = (Tensors.Leaf(one.expand(pair.Images, pair.Width)), Tensors.Leaf(one.expand(pair.Images, pair.Width)));
            var loss = compute(za, zb);
            loss.backward();

            Assert.True(float.IsFinite(loss.item<float>()), $"{name} is {loss.item<float>()}");
            Assert.True(isfinite(za.grad!).all().item<bool>(), $"{name} has a gradient that is not finite");
        }
    }

    [Property]
    public void Sinkhorn_AnyScores_GivesDistributions(ViewPair pair, Magnitude sharpness)
    {
        using var scope = NewDisposeScope();

        var codes = SinkhornAssignment.Compute(pair.Za * sharpness.Value, epsilon: 0.05, iterations: 3);

        Assert.True(codes.greater_equal(0).all().item<bool>());
        Tensors.AssertClose(ones([pair.Images]), codes.sum(1), tolerance: 1e-4);
    }

    private static void AssertSame(string name, Tensor expected, Tensor actual)
    {
        var (before, after) = (expected.item<float>(), actual.item<float>());
        Assert.True(Math.Abs(before - after) <= 1e-4 * Math.Max(1, Math.Abs(before)), $"{name}: {before} became {after}");
    }

    /// <summary>Projections of two views of a batch, standard normal numbers of a seed.</summary>
    public sealed record ViewPair(int Images, int Width, ulong Seed)
    {
        internal Tensor Za => Tensors.Normal(Seed, Images, Width);

        internal Tensor Zb => Tensors.Normal(Seed + 1, Images, Width);
    }

    /// <summary>A scale: zero, or a power of ten from 1e-20 to 1e6.</summary>
    public sealed record Magnitude(float Value);

    /// <summary>How FsCheck draws batches, and makes them smaller when one fails.</summary>
    public static class AnyBatch
    {
        public static Arbitrary<ViewPair> Pairs() => Arb.From(
            from images in Gen.Choose(2, 24)
            from width in Gen.Choose(2, 40)
            from seed in Gen.Choose(0, int.MaxValue)
            select new ViewPair(images, width, (ulong)seed),
            pair => Smaller(pair).Where(other => other is { Images: >= 2, Width: >= 2 } && other != pair));

        public static Arbitrary<Magnitude> Magnitudes() =>
            Arb.From(Gen.OneOf(Gen.Constant(new Magnitude(0)), Gen.Choose(-20, 6).Select(power => new Magnitude(MathF.Pow(10, power)))));

        private static ViewPair[] Smaller(ViewPair pair) =>
            [pair with { Images = pair.Images / 2 }, pair with { Width = pair.Width / 2 }, pair with { Images = pair.Images - 1 },
                pair with { Width = pair.Width - 1 }];
    }
}
