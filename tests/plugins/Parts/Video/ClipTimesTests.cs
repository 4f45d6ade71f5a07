using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts.Video;

public sealed class ClipTimesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void DecreasingInterval_EachUniformNumber_IsWhereTheDistributionReachesIt(double power)
    {
        var interval = new DecreasingInterval(power);
        var before = -1.0;
        foreach (var uniform in new[] { 0, 0.1, 0.5, 0.9, 0.999 })
        {
            var k = interval.Of(uniform, 40);
            var reached = ((k / 40 * (power + 1)) - Math.Pow(k / 40, power + 1)) / power;

            Assert.Equal(uniform, reached, 1e-9);
            Assert.InRange(k, Math.Max(0, before), 40);
            Assert.Equal((long)k, interval.Frames(uniform, 40));
            before = k;
        }
    }

    [Fact]
    public void DecreasingInterval_ShortVideo_IsZero() => Assert.Equal(0, new DecreasingInterval(1).Frames(0.7, 1));

    [Fact]
    public void NearbyClips_ManyVideos_KeepTheirDistanceAndStayInside()
    {
        var (sampler, video, clip) = (new NearbyClips(1), new VideoInfo(100, 4, new(1, 1)), new ClipSpec(16) { Stride = 2 });
        var intervals = new List<double>();
        var earlierFirst = 0;
        for (var sample = 0; sample < 2000; sample++)
        {
            var starts = new double[2];
            var random = new CounterRandom(1, 0, sample, RandomPurpose.Clips);
            sampler.Draw(ref random, 0, video, [clip, clip], starts);

            Assert.All(starts, start => Assert.InRange(start, 0, 100 - 31));
            intervals.Add(Math.Abs(starts[0] - starts[1]));
            earlierFirst += starts[0] < starts[1] ? 1 : 0;
        }

        Assert.Equal(70 / 3.0, intervals.Average() + 0.5, tolerance: 1.5);   // the mean of the density; cut off to whole frames
        Assert.InRange(earlierFirst, 900, 1100);
    }

    [Theory]
    [InlineData(100, 16, 84)]
    [InlineData(40, 16, 24)]
    [InlineData(33, 16, 17)]
    [InlineData(32, 16, 16)]
    [InlineData(30, 14, 14)]   // its last frames, some of which are the anchor's
    [InlineData(16, 0, 0)]
    [InlineData(5, 0, 0)]
    public void AnchorAndLaterClips_ManyVideos_ShareNoFrameWhereTheyAreLongEnough(int frames, int first, int last)
    {
        var (sampler, video, clip) = (new AnchorAndLaterClips(laterView: 1), new VideoInfo(frames, frames / 25.0, new(1, 1)), new ClipSpec(16));
        var later = new List<double>();
        for (var sample = 0; sample < 1500; sample++)
        {
            double[] starts = [-1, -1, -1];
            var random = new CounterRandom(1, 0, sample, RandomPurpose.Clips);
            sampler.Draw(ref random, 0, video, [clip, clip, clip], starts);

            Assert.Equal((0.0, 0.0), (starts[0], starts[2]));
            later.Add(starts[1]);
        }

        Assert.Equal(Enumerable.Range(first, last - first + 1).Select(start => (double)start), later.Distinct().Order());
        Assert.Equal((first + last) / 2.0, later.Average(), tolerance: 1.5);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 0.5)]
    [InlineData(1, 1)]
    public void OwnOrOtherClips_ManyVideos_ShareTheirClipAsOftenAsAsked(double otherShare, double expected)
    {
        var (sampler, video, clip) = (new OwnOrOtherClips(otherShare), new VideoInfo(1000, 40, new(1, 1)), new ClipSpec(8) { Stride = 8 });
        var different = 0;
        for (var sample = 0; sample < 2000; sample++)
        {
            var starts = new double[2];
            var random = new CounterRandom(1, 0, sample, RandomPurpose.Clips);
            sampler.Draw(ref random, 0, video, [clip, clip], starts);

            Assert.All(starts, start => Assert.InRange(start, 0, 1000 - 57));
            different += starts[0] == starts[1] ? 0 : 1;
        }

        Assert.Equal(expected, different / 2000.0, tolerance: 0.05);
    }

    [Fact]
    public void OwnOrOtherClips_Shared_ViewsKnowWhetherTheClipsDiffer()
    {
        var (sampler, video, clip) = (new OwnOrOtherClips(0.3, isShared: true), new VideoInfo(100_000, 4000, new(1, 1)), new ClipSpec(8));
        var different = 0;
        for (var sample = 0; sample < 2000; sample++)
        {
            var starts = new double[2];
            var random = new CounterRandom(1, 0, sample, RandomPurpose.Clips);
            sampler.Draw(ref random, 0, video, [clip, clip], starts);

            var known = new CounterRandom(1, 0, sample, view: 1).OfView((int)RandomPurpose.Pair).Chance(0.3);
            different += known ? 1 : 0;
            Assert.Equal(known, Math.Abs(starts[0] - starts[1]) > 0);
        }

        Assert.InRange(different, 500, 700);
    }

    [Fact]
    public void OwnOrOtherClips_VideoShorterThanAClip_BeginsAtItsStart()
    {
        var random = new CounterRandom(1, 0, 0, RandomPurpose.Clips);
        var clip = new ClipSpec(8) { Stride = 8 };
        double[] starts = [-1, -1];

        new OwnOrOtherClips(1).Draw(ref random, 0, new(20, 1, new(1, 1)), [clip, clip], starts);

        Assert.Equal([0, 0], starts);
    }

    [Theory]
    [InlineData(3, 2, 1, 1)]
    [InlineData(5, 2, 1, 1)]
    [InlineData(4, 3, 2, 3)]
    [InlineData(3, 2, 3, 2)]
    public void CentredClips_ManyVideos_HaveOneMiddleFrame(int frames, int stride, int otherFrames, int otherStride)
    {
        var video = new VideoInfo(20, 1, new(1, 1));
        ClipSpec[] clips = [new(frames) { Stride = stride }, new(otherFrames) { Stride = otherStride }];
        var middles = new HashSet<int>();
        for (var sample = 0; sample < 200; sample++)
        {
            var random = new CounterRandom(1, 0, sample, RandomPurpose.Clips);
            var starts = new double[3];
            new CentredClips().Draw(ref random, 0, video, [clips[0], clips[1], clips[1]], starts);

            var chosen = starts.Select((start, view) => Choose(clips[Math.Min(view, 1)], start)).ToList();
            Assert.All(chosen, clip => Assert.Equal(chosen[0][chosen[0].Length / 2], clip[clip.Length / 2]));
            middles.Add(chosen[0][frames / 2]);
        }

        Assert.Equal(20 - ((frames - 1) * stride), middles.Count);   // every place

        int[] Choose(ClipSpec clip, double start)
        {
            var chosen = new int[clip.Frames];
            clip.Choose(video, start, chosen);

            return chosen;
        }
    }

    [Fact]
    public void NearbyClips_VideoShorterThanAClip_BeginsAnywhere()
    {
        var random = new CounterRandom(1, 0, 0, RandomPurpose.Clips);
        var clip = new ClipSpec(16) { Stride = 2 };
        var starts = new double[2];

        new NearbyClips(1).Draw(ref random, 0, new(20, 1, new(1, 1)), [clip, clip], starts);

        Assert.All(starts, start => Assert.InRange(start, 0, 19));
    }

    [Theory]
    [InlineData(300, 15, 269)]   // ten seconds are 300 frames, but clips can begin at 269 only
    [InlineData(1000, 15, 300)]
    [InlineData(20, 0, 0)]
    public void ApartClips_ManyVideos_KeepTheirDistance(int frames, int least, int most)
    {
        var (sampler, video, clip) = (new ApartClips(0.5, 10), new VideoInfo(frames, frames / 30.0, new(1, 1)), new ClipSpec(16) { Stride = 2 });
        for (var sample = 0; sample < 300; sample++)
        {
            var starts = new double[2];
            var random = new CounterRandom(1, 0, sample, RandomPurpose.Clips);
            sampler.Draw(ref random, 0, video, [clip, clip], starts);

            Assert.InRange(Math.Abs(starts[0] - starts[1]), least, most);
            Assert.All(starts, start => Assert.InRange(start, 0, Math.Max(0, frames - 31)));
        }
    }

    [Fact]
    public void ApartClips_HalfASecondOf25Frames_IsThirteen()
    {
        var (sampler, video, clip) = (new ApartClips(0.5, 1), new VideoInfo(250, 10, new(1, 1)), new ClipSpec(8));
        var apart = Enumerable.Range(0, 300).Select(sample =>
        {
            var starts = new double[2];
            var random = new CounterRandom(1, 0, sample, RandomPurpose.Clips);
            sampler.Draw(ref random, 0, video, [clip, clip], starts);

            return Math.Abs(starts[0] - starts[1]);
        }).ToList();

        Assert.Equal((13.0, 25.0), (apart.Min(), apart.Max()));
    }

    [Fact]
    public void CurriculumSpan_OverTheRun_GrowsFromStartToEnd()
    {
        var span = new CurriculumSpan(MomentumSchedule.Linear(0.1, 1));

        Assert.Equal([0.1, 0.55, 1], Enumerable.Range(0, 3).Select(epoch => Math.Round(span.At(epoch, 3), 12)));
        Assert.Equal(0.1, span.At(0, epochs: 1));
        Assert.Equal((0, 14), CurriculumSpan.Starts(start: 4, last: 100, span: 0.1));
        Assert.Equal((88, 100), CurriculumSpan.Starts(start: 98, last: 100, span: 0.1));
        Assert.Equal((0, 0), CurriculumSpan.Starts(start: 0, last: 0, span: 1));
    }

    [Theory]
    [InlineData(1, new[] { 0.1, 0.1, 0.1, 0.1, 0.1 })]
    [InlineData(2, new[] { 0.1, 0.1, 0.1, 1, 1 })]
    [InlineData(9, new[] { 0.1, 0.2125, 0.4375, 0.6625, 0.8875 })]   // stages 0, 1, 3, 5 and 7 of 0 to 8
    public void CurriculumSpan_Stages_ChangeAtTheirStart(int stages, double[] expected)
    {
        var span = new CurriculumSpan(MomentumSchedule.Linear(0.1, 1), stages);

        Assert.Equal(expected, Enumerable.Range(0, 5).Select(epoch => Math.Round(span.At(epoch, 5), 12)));
    }

    [Fact]
    public void TemporalDistance_OfAPair_DoesNotDependOnItsOrder()
    {
        var (first, second, last) = (tensor(new long[] { 3, 10, 0 }), tensor(new long[] { 8, 0, 0 }), tensor(new long[] { 10, 10, 0 }));

        var distance = TemporalDistance.Of(first, second, last);

        Assert.Equal([0.5, 1, 0], distance.data<double>().ToArray());
        Assert.Equal(distance.data<double>().ToArray(), TemporalDistance.Of(second, first, last).data<double>().ToArray());
        Assert.Equal([2, 3, 0], Tensors.Integers(TemporalDistance.Classes(distance, 4)));
        Assert.Equal((0.25 + 0) / 3, TemporalDistance.SquaredError(tensor(new float[] { 0, 1, 0 }), distance).item<float>(), 1e-6);
    }

    [Fact]
    public void FrameMean_IsOfLengthOneAndConstant()
    {
        var frames = Tensors.Leaf(Tensors.Normal(1, 3, 4, 5));

        var target = FrameMean.Of(frames);

        Assert.False(target.requires_grad);
        Tensors.AssertClose(ones(3), target.norm(1));
        Tensors.AssertClose(target, FrameMean.Of(frames.flip(1)));
    }

    [Fact]
    public void CSTPTerms_SwappedClips_AreTheSame()
    {
        var (p1, z1, p2, z2) = (Tensors.Normal(1, 4, 6), Tensors.Normal(2, 4, 6), Tensors.Normal(3, 4, 6), Tensors.Normal(4, 4, 6));

        Assert.Equal(CSTPTerms.OfPair(p1, z1, p2, z2).item<float>(), CSTPTerms.OfPair(p2, z2, p1, z1).item<float>(), 1e-5);
        Assert.Equal(8, CSTPTerms.OfPair(p1, -p2, p2, -p1).item<float>(), 1e-4);
    }
}
