using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class RandomMaskingTests
{
    [Theory]
    [InlineData(196, 0.75, 49)]
    [InlineData(196, 0.6, 78)]
    [InlineData(20, 0.8, 3)]   // 20 (1 - 0.8) is a little below 4 in double precision
    [InlineData(7, 0, 7)]
    public void Visible_Ratio_IsTruncated(long patches, double ratio, long expected) => Assert.Equal(expected, RandomMasking.Visible(patches, ratio));

    [Fact]
    public void Of_Noise_KeepsTheSmallestInTheirOrder()
    {
        var mask = RandomMasking.Of(tensor(new[,] { { 0.4f, 0.1f, 0.9f, 0.2f } }), 0.5);

        Assert.Equal([1L, 3L], mask.Visible.data<long>());
        Assert.Equal([2L, 0L, 3L, 1L], mask.Restore.data<long>());
        Assert.Equal([1f, 0f, 1f, 0f], mask.Hidden.data<float>());
    }

    [Theory]
    [InlineData(0, new[] { 1f, 1f, 1f, 1f })]
    [InlineData(3, new[] { 0f, 0f, 1f, 0f })]
    [InlineData(4, new[] { 0f, 0f, 0f, 0f })]
    public void Keep_Count_HidesTheOthers(int kept, float[] hidden)
    {
        var mask = RandomMasking.Keep(tensor(new[,] { { 0.4f, 0.1f, 0.9f, 0.2f } }), kept);

        Assert.Equal(kept, mask.Visible.shape[1]);
        Assert.Equal(hidden, Tensors.Values(mask.Hidden));
    }

    [Fact]
    public void Complement_ShowsWhatIsHidden_AndRestoresIt()
    {
        var mask = RandomMasking.Of(tensor(new[,] { { 0.4f, 0.1f, 0.9f, 0.2f, 0.3f } }), 0.6);   // shuffled: 1 3 | 4 0 2

        var other = mask.Complement();

        Assert.Equal([4L, 0L, 2L], other.Visible.data<long>());
        Assert.Equal([1L, 3L, 2L, 4L, 0L], other.Restore.data<long>());   // shuffled: 4 0 2 | 1 3
        Assert.Equal([0f, 1f, 0f, 1f, 0f], other.Hidden.data<float>());
    }

    [Fact]
    public void Of_VisibleThenHidden_IsRestored()
    {
        var noise = SampleNoise.Uniform(Randoms(TestRuns.Step(), [3, 8, 5]), 12);
        var patches = arange(36, dtype: float32).reshape(3, 12, 1);
        var mask = RandomMasking.Of(noise, 0.75);

        var visible = Tokens.Take(patches, mask.Visible);   // [3, 3, 1]
        var hidden = Tokens.Take(patches, noise.argsort(1).narrow(1, 3, 9));   // [3, 9, 1]

        Assert.Equal([3, 3], mask.Visible.shape);
        Tensors.AssertClose(patches, Tokens.Take(cat([visible, hidden], 1), mask.Restore));
    }

    [Fact]
    public void Uniform_SameImage_IsTheSameInAnyBatchAndOtherInAnyEpochAndPart()
    {
        var all = SampleNoise.Uniform(Randoms(TestRuns.Step(), [3, 8, 5]), 16);
        var one = SampleNoise.Uniform(Randoms(TestRuns.Step(seed: 9), [8]), 16);

        Assert.Equal(all[1].data<float>(), one[0].data<float>());
        Assert.NotEqual(all[0].data<float>(), one[0].data<float>());
        Assert.NotEqual(one[0].data<float>(), SampleNoise.Uniform(Randoms(TestRuns.Step(epoch: 1), [8]), 16)[0].data<float>());
        Assert.NotEqual(one[0].data<float>(), SampleNoise.Uniform(Randoms(TestRuns.Step(), [8], part: 1), 16)[0].data<float>());
        Assert.True(all.ge(0).all().item<bool>() && all.lt(1).all().item<bool>());
    }

    private static IReadOnlyList<CounterRandom> Randoms(StepContext context, long[] images, int part = 0) =>
        new SampleRandom(TestRuns.Of()).Of(new([], tensor(images), null), context, part);
}
