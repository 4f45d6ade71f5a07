using Parallax.Contracts;
using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>SwAV against algorithm 1 of Caron et al. 2020 and its code: all views predict the balanced codes of the first two.</summary>
public sealed class SwAVStepTests
{
    private const double T = 0.35, Epsilon = 0.12;
    private const int Prototypes = 5, Iterations = 2;

    [Theory]
    [InlineData(9)]    // the queue has not started
    [InlineData(10)]   // it has, and is empty
    [InlineData(12)]   // two batches of four are in: full
    public void SwAV_Step_IsThePapers(int step)
    {
        SwAVOptions options = new()
        {
            Temperature = T, Epsilon = Epsilon, SinkhornIterations = Iterations, Prototypes = Prototypes,
            ProjectionDim = 6, HiddenDim = 10, QueueSize = 8, QueueStartEpoch = 1,
        };
        var method = new SwAV(new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8, 6, 6));
        networks.Set("prototypes.weight", 3 * networks.State("prototypes.weight"));   // the step gives them length one

        var output = method.Step(batch, new(step, 200, step / 10, TestRuns.Step().Generator));

        Tensor[] h = [.. networks.RunOnAll([batch.Views[0], batch.Views[1]], "backbone"), .. networks.RunOnAll([batch.Views[2], batch.Views[3]], "backbone")];
        Tensor[] z = [.. networks.RunOnAll(h, "projector").Select(Unit)];                                              // sizes meet again in the head
        var c = ((Module<Tensor, Tensor>)networks.Part("prototypes")).parameters().Single().to(float64);               // [K, D]
        Tensor[] scores = [.. z.Select(view => view.matmul(c.t()))];                                                   // [N, K] each
        Tensor[] codes = [.. Enumerable.Range(0, 2).Select(view => Codes(view, scores[view].detach()))];
        List<Tensor> losses = [];
        for (var assigned = 0; assigned < 2; assigned++)
        {
            losses.AddRange(scores.Where((_, view) => view != assigned).Select(s => CrossEntropy(codes[assigned], s / T)));   // 2 (V - 1) pairs
        }

        networks.AssertStep(
            new(stack([.. losses]).mean())
            {
                Embedding = z[0],
                Positive = z[1],
                Targets = codes[0],
                Remembered = step < 10 ? [] : [("queues.0", z[0], null), ("queues.1", z[1], null)],
            },
            output);

        Tensor Codes(int view, Tensor own) => step < 12
            ? Sinkhorn(own)
            : Sinkhorn(cat([networks.State($"queues.{view}.queue").to(float64).matmul(c.detach().t()), own], 0)).narrow(0, 8, TestRuns.BatchSize);
    }

    /// <summary>Listing of the paper's appendix: exp(scores / epsilon), then rows and columns in turn to equal totals.</summary>
    private static Tensor Sinkhorn(Tensor scores)
    {
        var q = (scores / Epsilon).exp().t();   // [K, B]
        q /= q.sum();
        for (var i = 0; i < Iterations; i++)
        {
            q = q / q.sum(1, keepdim: true) / Prototypes;
            q = q / q.sum([0], keepdim: true) / scores.shape[0];
        }

        return (q * scores.shape[0]).t();
    }
}
