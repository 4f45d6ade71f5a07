using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class EvaluationGoldens
{
    [Golden("eval.voc_map")]
    public static GoldenResult AveragePrecisions(GoldenCase golden)
    {
        var (scores, targets) = (golden.Input("scores").to(torch.float64), golden.Input("targets"));   // [N, C] each
        AveragePrecision[] classes = [.. Enumerable.Range(0, (int)golden.Long("num_classes")).Select(one =>
            AveragePrecision.Of([.. scores.select(1, one).contiguous().data<double>()], [.. targets.select(1, one).contiguous().data<long>()]))];
        var mean = AveragePrecision.Mean(classes);
        return new(
            ("ap_area", torch.tensor(classes.Select(one => one.Area).ToArray())), ("ap_11pt", torch.tensor(classes.Select(one => one.ElevenPoint).ToArray())),
            ("ap_step", torch.tensor(classes.Select(one => one.Step).ToArray())), ("map_area", torch.tensor(mean.Area)),
            ("map_11pt", torch.tensor(mean.ElevenPoint)), ("map_step", torch.tensor(mean.Step)));
    }

    [Golden("eval.cluster_metrics")]
    public static GoldenResult ClusterMetrics(GoldenCase golden)
    {
        var agreement = new ClusterAgreement(golden.Input("labels_a"), golden.Input("labels_b"));
        return new(
            ("nmi_arithmetic", torch.tensor(agreement.ArithmeticNmi)), ("nmi_geometric", torch.tensor(agreement.GeometricNmi)),
            ("ami", torch.tensor(agreement.AdjustedMutualInformation)), ("ari", torch.tensor(agreement.AdjustedRandIndex)),
            ("purity", torch.tensor(agreement.Purity)));
    }

    [Golden("eval.svm_cost_grid")]
    public static GoldenResult CostGrid(GoldenCase golden) => new(("costs", torch.tensor(SvmCosts.Of(golden.Text("grid") switch
    {
        "vissl" => SvmCostGrid.Vissl,
        "fair" => SvmCostGrid.Fair,
        var other => throw new InvalidDataException($"Unknown grid '{other}'."),
    }).ToArray())));

    [Golden("eval.linear_svm")]
    public static GoldenResult LinearMachine(GoldenCase golden)
    {
        long[] labels = [.. golden.Input("labels").data<long>()];
        var (cost, positive, constant) = (golden.Double("cost"), golden.Double("positive_weight"), golden.Double("intercept_scaling"));
        var rows = FeatureRows.Normalised(golden.Input("features"), golden.Double("normalize_eps"), constant);
        int[] all = [.. Enumerable.Range(0, rows.Count)];
        var svm = new SvmProblem(rows, labels, Class: 1, all, Seed: 0, PositiveWeight: positive).Solved(cost);
        var decision = svm.Decide(rows, all);
        var losses = decision.Zip(labels, (value, label) =>
            (label > 0 ? positive * cost : cost) * Math.Pow(Math.Max(0, 1 - ((label > 0 ? 1 : -1) * value)), 2));
        return new(
            ("weight", torch.tensor(svm.Weights[..^1])), ("bias", torch.tensor(svm.Weights[^1] * constant)), ("decision", torch.tensor(decision)),
            ("objective", torch.tensor((svm.Weights.Sum(weight => weight * weight) / 2) + losses.Sum())));
    }
}
