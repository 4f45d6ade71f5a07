using Parallax.Contracts;
using Parallax.Host.Evaluation;

namespace Parallax.Plugins.Tests.Conformance;

/// <summary>What an evaluation looks at of a video.</summary>
public sealed class ClipEvaluationTests
{
    private const int Stride = 2, Frames = 4;

    [Theory]
    [InlineData("1", new[] { 2 })]                  // 12 frames, 7 covered: the middle
    [InlineData("3", new[] { 0, 2, 5 })]
    public void Encoded_SeveralClips_AreAveraged(string clips, int[] starts)
    {
        using var session = ConformanceHost.Session("cvrl", $"clips.testClips={clips}", "clips.testCrops=2", "evaluation.batchSize=7");
        using var scope = torch.NewDisposeScope();
        var videos = (IVideoDataset)session.Experiment.Data;

        var encoded = FeatureExtractor.Encoded(
            session.Experiment, videos, most: 0, images => images.flatten(1).mean([1], keepdim: true), TestContext.Current.CancellationToken);

        var means = encoded.Set.Features.flatten().data<float>().ToArray();
        Assert.Equal(videos.Info.Count, means.Length);
        for (var index = 0; index < 8; index++)
        {
            Assert.Equal(starts.Average(start => MeanOf(videos, index, start)), means[index], 1e-4);
        }
    }

    private static double MeanOf(IVideoDataset videos, long index, int start)
    {
        var clip = new ClipBuffer();
        videos.ReadFrames(index, [.. Enumerable.Range(0, Frames).Select(t => start + (t * Stride))], clip);

        return Enumerable.Range(0, Frames).Average(t => Enumerable.Range(0, 3).Average(
            channel => (clip[t].Plane(channel).ToArray().Average(pixel => (double)pixel) - videos.Info.Mean[channel]) / videos.Info.Std[channel]));
    }
}
