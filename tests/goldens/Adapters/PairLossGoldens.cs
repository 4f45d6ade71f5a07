using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class PairLossGoldens
{
    [Golden("loss.dcl")]
    public static GoldenResult DCL(GoldenCase golden)
    {
        var (za, zb, temperature) = (golden.Input("z1"), golden.Input("z2"), golden.Double("temperature"));
        return new(("loss", golden.Bool("weighted") ? DCLLoss.Weighted(za, zb, temperature, golden.Double("sigma")) : DCLLoss.Compute(za, zb, temperature)));
    }

    [Golden("loss.debiased")]
    public static GoldenResult Debiased(GoldenCase golden)
    {
        var (za, zb, temperature) = (golden.Input("z1"), golden.Input("z2"), golden.Double("temperature"));
        var classPrior = golden.Bool("debiased") ? golden.Double("tau_plus") : 0;
        var negatives = DebiasedLoss.NegativeTerm(PairLogits.Of(za, zb, temperature), temperature, classPrior);
        return new(("loss", DebiasedLoss.Compute(za, zb, temperature, classPrior)), ("ng", negatives * Math.Exp(1 / temperature)));
    }

    [Golden("loss.supcon")]
    public static GoldenResult SupCon(GoldenCase golden)
    {
        var views = golden.Input("features").unbind(1);
        var labels = golden.HasInput("labels") ? golden.Input("labels").to(torch.int64) : torch.arange(views[0].shape[0], dtype: torch.int64);
        var anchors = golden.Text("contrast_mode") switch
        {
            "all" => SupConAnchors.AllViews,
            "one" => SupConAnchors.FirstView,
            var other => throw new InvalidDataException($"Unknown contrast mode '{other}'."),
        };
        return new(("loss", SupConLoss.Compute(views, labels, golden.Double("temperature"), golden.Double("base_temperature"), anchors)));
    }

    [Golden("loss.nnclr")]
    public static GoldenResult NNCLR(GoldenCase golden)
    {
        var z1 = golden.Input("z1");
        var queue = Queues.From(golden.Input("queue"), keysPerStep: 1, pointer: 0);   // the files' queues do not all hold whole batches
        var before = queue.Keys.clone();   // the trainer enqueues once gradients are done, a golden file before
        var (first, second) = (NNCLRLoss.NearestRows(z1, before), NNCLRLoss.NearestRows(golden.Input("z2"), before));
        var loss = NNCLROf(golden, before, first, second, NNCLRNegatives.OtherPredictions);
        foreach (var row in Rows.Unit(z1).split(1))
        {
            queue.Enqueue(row, labels: null);
        }

        return new(("loss", loss), ("nn1_index", first), ("nn2_index", second), ("queue_after", queue.Keys));
    }

    [Golden("loss.nnclr_ntxent")]
    public static GoldenResult NNCLRNtXent(GoldenCase golden)
    {
        var queue = golden.Input("queue");
        var (first, second) = (NNCLRLoss.NearestRows(golden.Input("z1"), queue), NNCLRLoss.NearestRows(golden.Input("z2"), queue));
        return new(("loss", NNCLROf(golden, queue, first, second, NNCLRNegatives.PredictionsAndNeighbours)));
    }

    private static Tensor NNCLROf(GoldenCase golden, Tensor queue, Tensor first, Tensor second, NNCLRNegatives negatives)
    {
        var temperature = golden.Double("temperature");
        return (NNCLRLoss.Compute(queue.index_select(0, first), golden.Input("p2"), temperature, negatives) +
            NNCLRLoss.Compute(queue.index_select(0, second), golden.Input("p1"), temperature, negatives)) / 2;
    }
}
