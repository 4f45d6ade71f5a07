using Parallax.Plugins.Evaluators;

namespace Parallax.Plugins.Tests.Evaluators.Video;

public sealed class VideoScoreTests
{
    private static readonly long[] _one = [1];

    [Fact]
    public void Features_CentredSets_LoseTheirOwnMeans()
    {
        var clips = Tensors.Normal(1, 6, 2, 4);

        var centred = RetrievalRecall.Features(clips, centred: true);

        Tensors.AssertClose(centred, RetrievalRecall.Features(clips + 7, centred: true), tolerance: 1e-4);
        Tensors.AssertClose(ones(6), centred.norm(1));
        Tensors.AssertClose(Tensors.Normal(1, 6, 2, 4).mean([1]), RetrievalRecall.Features(clips, false) * clips.mean([1]).norm(1).unsqueeze(1));
    }

    [Fact]
    public void At_FurtherNeighbours_CanOnlyHelp()
    {
        var bank = Tensors.Matrix([1, 0], [0.8f, 0.6f], [0, 1]);
        var nearest = RetrievalRecall.Nearest(Tensors.Matrix([1, 0]), bank, k: 20);

        Assert.Equal([0, 1, 2], Tensors.Integers(nearest));
        Assert.Equal([0, 1, 1], new[] { 1, 2, 50 }.Select(k => RetrievalRecall.At(nearest, tensor(_one), tensor(new long[] { 0, 1, 0 }), k)));
    }

    [Fact]
    public void Of_ViewsThatDisagree_DependsOnWhatIsAveraged()
    {
        var logits = Tensors.Matrix([10, 0], [0, 2], [0, 2]);   // one sure view against two that lean to the other side

        Assert.Equal(0, MultiViewScores.Of(logits, ViewAverage.Logits).mean([0]).argmax().item<long>());
        Assert.Equal(1, MultiViewScores.Of(logits, ViewAverage.Probabilities).mean([0]).argmax().item<long>());
    }
}
