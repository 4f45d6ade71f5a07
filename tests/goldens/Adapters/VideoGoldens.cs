using Parallax.Contracts;
using Parallax.Host.Configuration;
using Parallax.Host.Data;
using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

/// <summary>Clips, overlaps, motion images and evaluation of videos.</summary>
internal static class VideoGoldens
{
    [Golden("augment.flow_edge")]
    public static GoldenResult Edges(GoldenCase golden) => new(("edge", FlowEdges.Of(golden.Input("flow"))));

    [Golden("augment.frame_residual")]
    public static GoldenResult Residual(GoldenCase golden) =>
        new(("residual", FrameDifferences.Residual(golden.Input("x"))), ("motion", FrameDifferences.Absolute(golden.Input("raw"))));

    [Golden("augment.temporal_difference")]
    public static GoldenResult Difference(GoldenCase golden) => golden.Long("grayscale") == 1 && golden.Long("absolute") == 0
        ? new(("frames", FrameDifferences.Signed(golden.Input("frames").unsqueeze(0)).squeeze(0)))
        : throw new InvalidDataException("Only differences of grey frames with their sign are known.");

    [Golden("schedule.concur_span")]
    public static GoldenResult Span(GoldenCase golden)
    {
        var span = new CurriculumSpan(MomentumSchedule.Linear(golden.Double("start"), golden.Double("end")));
        var epochs = golden.Input("epoch").data<long>().ToArray();
        return new(("span", torch.tensor(Array.ConvertAll(epochs, epoch => span.At((int)epoch, (int)golden.Long("epochs"))))));
    }

    [Golden("target.cvrl_interval")]
    public static GoldenResult Interval(GoldenCase golden)
    {
        var interval = new DecreasingInterval(golden.Double("power"));
        var draws = golden.Input("u").to(torch.float64).data<double>().ToArray().Zip(golden.Input("max_offset").data<long>().ToArray()).ToArray();
        return new(
            ("interval_exact", torch.tensor(Array.ConvertAll(draws, draw => interval.Of(draw.First, draw.Second)))),
            ("interval_code", torch.tensor(Array.ConvertAll(draws, draw => interval.Frames(draw.First, draw.Second)))));
    }

    [Golden("target.coclr_test_clips")]
    public static GoldenResult HalfOverlapping(GoldenCase golden)
    {
        var video = new VideoInfo((int)golden.Long("total"), golden.Long("total"), new(1, 1));
        var clip = new ClipSpec((int)golden.Long("num_frames")) { Stride = (int)golden.Long("ds"), Short = ShortVideo.RepeatFirst };
        var frames = EvaluationClips.Starts(TestSampling.HalfOverlapping, video, clip, count: 1).SelectMany(start => Frames(clip, video, (int)start));
        return new(("indices", torch.tensor(frames.ToArray()).view(-1, clip.Frames)));
    }

    /// <summary>In microseconds in place of frames, which are whole numbers.</summary>
    [Golden("target.even_clips")]
    public static GoldenResult EvenStarts(GoldenCase golden)
    {
        const double unit = 1e-6;
        var durations = golden.Input("duration").to(torch.float64).data<double>().ToArray();
        var clip = new ClipSpec(8) { Seconds = golden.Double("clip_duration") };
        var starts = durations.SelectMany(duration => EvaluationClips.Starts(
            TestSampling.Even, new((int)(duration / unit), duration, new(1, 1)), clip, (int)golden.Long("num_clips"))).ToArray();
        return new(("start", torch.tensor(starts).view(durations.Length, -1) * unit));
    }

    [Golden("target.uniform_temporal_subsample")]
    public static GoldenResult Subsample(GoldenCase golden)
    {
        var pairs = golden.Input("pairs").data<long>().ToArray().Chunk(2);
        return new(("indices", torch.tensor(pairs.SelectMany(pair => Frames(
            new((int)pair[1]) { Seconds = pair[0], Short = ShortVideo.Even }, new((int)pair[0], pair[0], new(1, 1)), start: 0)).ToArray())));
    }

    [Golden("target.stor")]
    public static GoldenResult Overlap(GoldenCase golden)
    {
        var overlaps = Boxes("box1").Zip(Boxes("box2"), (first, second) => first.With(second)).ToArray();
        return new(
            ("spatial_rate", Doubles(overlap => overlap.Spatial)), ("temporal_rate", Doubles(overlap => overlap.Temporal)),
            ("volume_rate", Doubles(overlap => overlap.Rate)), ("iou3d", Doubles(overlap => overlap.IntersectionOverUnion)),
            ("spatial_class", Classes(overlap => overlap.Spatial)), ("temporal_class", Classes(overlap => overlap.Temporal)));

        Tensor Doubles(Converter<ClipOverlap, double> value) => torch.tensor(Array.ConvertAll(overlaps, value));

        Tensor Classes(Func<ClipOverlap, double> rate) => torch.tensor(Array.ConvertAll(overlaps, overlap => (long)OverlapRates.ClassOf(rate(overlap))));

        IEnumerable<ClipBox> Boxes(string name) => golden.Input(name).data<float>().ToArray().Chunk(6)
            .Select(row => new ClipBox(row[0], row[1], row[2], row[3], row[4], row[5]));
    }

    [Golden("target.stor_second_box")]
    public static GoldenResult SecondBox(GoldenCase golden)
    {
        var rows = golden.Input("params").data<long>().ToArray().Select(value => (int)value).Chunk(9).ToArray();
        var pairs = Array.ConvertAll(rows, row =>
        {
            var first = new OverlappingCrop(row[2], row[3], row[4], row[5]);
            return (First: first, Second: first.Second(row[6], (SharedCorner)row[7], row[8]));
        });
        return new(
            ("x", Values((_, i) => pairs[i].Second.X)), ("y", Values((_, i) => pairs[i].Second.Y)), ("w", Values((_, i) => pairs[i].Second.Width)),
            ("h", Values((_, i) => pairs[i].Second.Height)), ("valid", Values((row, i) => pairs[i].Second.IsInside(row[0], row[1]) ? 1 : 0)),
            ("overlap_area", Values((row, i) => (long)Math.Round(Box(pairs[i].First).With(Box(pairs[i].Second)).Spatial * row[4] * row[5]))));

        Tensor Values(Func<int[], int, long> value) => torch.tensor(rows.Select(value).ToArray());

        static ClipBox Box(OverlappingCrop crop) => new(crop.X, crop.Y, 0, crop.Width, crop.Height, 1);
    }

    [Golden("target.stor_second_start")]
    public static GoldenResult SecondStart(GoldenCase golden)
    {
        var (starts, paces, classes) = (Values("start1"), Values("pace_label"), Values("overlap_label"));
        var (behind, totals) = (Values("behind"), Values("total_frames"));
        int[] spans = [.. paces.Select(pace => 15 << pace)];
        int[] seconds = [.. starts.Select((start, i) => OverlapRates.SecondStart(start, spans[i], classes[i], behind[i] == 1))];
        return new(
            ("start2", Longs(seconds)), ("valid", Longs(seconds.Select((start, i) => start >= 1 && start <= totals[i] - spans[i] ? 1 : 0))));

        int[] Values(string name) => [.. golden.Input(name).data<long>().ToArray().Select(value => (int)value)];

        static Tensor Longs(IEnumerable<int> values) => torch.tensor(values.Select(value => (long)value).ToArray());
    }

    [Golden("target.finch_first_partition")]
    public static GoldenResult FirstPartition(GoldenCase golden)
    {
        var rows = golden.Input("features");
        var first = FirstNeighbours.Of(rows, Distance(golden));
        var labels = Finch.Finest(first);
        return new(
            ("first_neighbor", first.Neighbours), ("labels", labels), ("num_clusters", labels.max() + 1), ("means", Finch.Means(rows, labels)));
    }

    [Golden("target.finch_hierarchy")]
    public static GoldenResult Hierarchy(GoldenCase golden)
    {
        var partitions = Finch.Partitions(golden.Input("features"), Distance(golden));
        return new(("labels", torch.stack([.. partitions], 1)), ("num_clusters", torch.stack([.. partitions.Select(labels => labels.max() + 1)])));
    }

    [Golden("eval.retrieval_recall")]
    public static GoldenResult Retrieval(GoldenCase golden)
    {
        var centred = golden.Long("center") == 1;
        var (queries, bank) = (RetrievalRecall.Features(golden.Input("query"), centred), RetrievalRecall.Features(golden.Input("bank"), centred));
        var nearest = RetrievalRecall.Nearest(queries, bank, k: 20);
        return new([.. new[] { 1, 5, 10, 20 }.Select(k => ($"r{k}", At(k))), ("nearest", nearest.select(1, 0))]);

        Tensor At(int k) => torch.tensor(RetrievalRecall.At(nearest, golden.Input("query_label"), golden.Input("bank_label"), k));
    }

    [Golden("eval.multi_view")]
    public static GoldenResult MultiView(GoldenCase golden)
    {
        var average = golden.Text("average") switch
        {
            "prob" => ViewAverage.Probabilities,
            "logit" => ViewAverage.Logits,
            var other => throw new InvalidDataException($"Unknown average '{other}'."),
        };
        var scores = MultiViewScores.Of(golden.Input("logits"), average).unflatten(0, [-1, golden.Long("views")]).mean([1]);   // [V, C]
        var labels = golden.Input("label");
        return new(
            ("scores", scores), ("top1", torch.tensor(FeatureSets.TopAccuracy(scores, labels, 1))),
            ("top5", torch.tensor(FeatureSets.TopAccuracy(scores, labels, 5))));
    }

    private static IEnumerable<long> Frames(ClipSpec clip, VideoInfo video, int start)
    {
        var frames = new int[clip.Frames];
        clip.Choose(video, start, frames);
        return frames.Select(frame => (long)frame);
    }

    private static RowDistance Distance(GoldenCase golden) => golden.Text("metric") switch
    {
        "cosine" => RowDistance.Cosine,
        "euclidean" => RowDistance.Euclidean,
        var other => throw new InvalidDataException($"Unknown metric '{other}'."),
    };
}
