using Parallax.Plugins.Methods;
using static Parallax.Plugins.Tests.Methods.Steps.Equations;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Revisited MoCo against section 4 of Van Gansbeke et al. 2021: view 1 is the key, all other views are queries.</summary>
public sealed class RevisitingMoCoStepTests
{
    private const double T = 0.3, Weight = 0.7;
    private const int Neighbours = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void RevisitingMoCo_Step_IsThePapers(int epoch)
    {
        RevisitingMoCoOptions options = new()
        {
            Temperature = T, QueueSize = 12, ProjectionDim = 6, HiddenDim = 10, Neighbours = Neighbours, NeighbourWeight = Weight, NeighbourWarmupEpochs = 2,
        };
        var method = new RevisitingMoCo(() => new NormBackbone(), options, TestRuns.Of());
        var (networks, batch) = (new Networks(method), Networks.Batch(8, 8, 6, 6));
        networks.Set("featureQueue.queue", Tensors.UnitRows(77, 12, 12));   // not the first columns of the other queue

        var output = method.Step(batch, TestRuns.Step(epoch));

        Tensor[] h = [networks.Run(batch.Views[0], "backbone"), .. networks.RunOnAll([batch.Views[2], batch.Views[3]], "backbone")];
        Tensor[] q = [.. h.Select(features => networks.Run(features, "projector"))];
        var keyFeatures = networks.Constant(batch.Views[1], "momentumEncoder.backbone");
        var k = networks.Constant(keyFeatures, "momentumEncoder.projector");
        var (queue, featureQueue) = (networks.State("queue.queue"), networks.State("featureQueue.queue"));
        var moco = Mean(q.Select(view => InfoNCE(PairCosines(view, k) / T, Cosines(view, queue) / T)));
        var toNeighbours = Mean(q.Zip(h, (view, features) =>
        {
            var nearest = Cosines(features, featureQueue).argsort(1, descending: true).narrow(1, 0, Neighbours);   // [N, k]

            return -Softmax(Cosines(view, queue) / T).log().gather(1, nearest).mean();
        }));
        var proxy = ("proxy_accuracy", Mean(q.Select(view => Wins(PairCosines(view, k), Cosines(view, queue)))));

        networks.AssertStep(
            new(epoch < 2 ? moco : moco + (Weight * toNeighbours))
            {
                Embedding = q[0],
                Positive = Unit(k),
                Reports = epoch < 2 ? [proxy] : [proxy, ("neighbour_loss", toNeighbours)],
                Remembered = [("queue", Unit(k), null), ("featureQueue", Unit(keyFeatures), null)],
                Constants = ["momentumEncoder"],
            },
            output);
    }

    private static Tensor Mean(IEnumerable<Tensor> values) => stack([.. values]).mean();
}
