using Parallax.Contracts;
using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>S4L with exemplars against Zhai et al. 2019 and their code, triplet by triplet.</summary>
public sealed class S4LExemplarStepTests
{
    private const int Views = 3;
    private const double Weight = 0.7;

    [Fact]
    public void S4LExemplar_Step_IsThePapers()
    {
        S4LExemplarOptions options = new() { ViewsPerImage = Views, EmbeddingDim = 6, TripletWeight = Weight };
        var method = new S4LExemplar(new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8, 8));

        var output = method.Step(batch, TestRuns.Step());

        Tensor[] h = networks.RunOnAll([.. batch.Views], "backbone");                              // by view
        var logits = h.Select(view => networks.Run(view, "classifier").to(float64)).ToArray();
        Tensor[] z = [.. h.Select(view => Unit(networks.Run(view, "embedding")))];
        int[] even = [0, 2], odd = [1, 3];
        var classes = Tensors.Integers(batch.Indices).Select(image => image % 3).ToArray();        // dealt out in turn
        var classLoss = stack([.. even.SelectMany(i => logits.Select(view => -Softmax(view)[i].log()[classes[i]]))]).mean();
        var right = even.Count(i => stack([.. logits.Select(view => view[i])]).mean([0]).argmax().item<long>() == classes[i]);
        var tripletLoss = (Triplets(z, even) + Triplets(z, odd)) / 2;
        networks.AssertStep(
            new(classLoss + (Weight * tripletLoss))
            {
                Embedding = z[0], Positive = z[1],
                Reports = [("class_loss", classLoss), ("triplet_loss", tripletLoss), ("class_accuracy", tensor(right / 2.0))],
            },
            output);
    }

    [Fact]
    public void Faults_TwoImagesAtATime_NamesTheLeastThatTripletsNeed()
    {
        var run = TestRuns.Of() with { BatchSize = 4, Accumulation = 2 };

        Assert.Contains("Raise it to at least 8.", Assert.Single(new S4LExemplarOptions().Faults(run)), StringComparison.Ordinal);
        Assert.Empty(new S4LExemplarOptions().Faults(run with { BatchSize = 8 }));
    }

    /// <summary>ln(1 + exp(furthest of the own image - nearest of the other)), mean over all views of both images.</summary>
    private static Tensor Triplets(Tensor[] z, int[] images)
    {
        List<Tensor> losses = [];
        foreach (var (own, other) in new[] { (images[0], images[1]), (images[1], images[0]) })
        {
            foreach (var anchor in z)
            {
                var furthest = stack([.. z.Where(view => !ReferenceEquals(view, anchor)).Select(view => Distance(anchor[own], view[own]))]).amax([0]);
                var nearest = stack([.. z.Select(view => Distance(anchor[own], view[other]))]).amin([0]);
                losses.Add((1 + (furthest - nearest).exp()).log());
            }
        }

        return stack([.. losses]).mean();

        static Tensor Distance(Tensor a, Tensor b) => (a - b).square().sum().sqrt();
    }
}
