using Parallax.Plugins.Evaluators;
using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class MetricGoldens
{
    [Golden("metric.alignment_uniformity")]
    public static GoldenResult AlignmentAndUniformity(GoldenCase golden)
    {
        var alignment = AlignmentUniformity.Alignment(golden.Input("x"), golden.Input("y"), golden.Double("alpha", 2));
        var uniformity = AlignmentUniformity.Uniformity(golden.Input("x"), golden.Double("t", 2));
        return new(("alignment", alignment), ("uniformity", uniformity), ("loss", alignment + uniformity));
    }

    [Golden("eval.knn_weighted")]
    public static GoldenResult Knn(GoldenCase golden)
    {
        KnnOptions options = new() { Neighbours = (int)golden.Long("k") };
        options = golden.Text("weighting", "exp") switch
        {
            "exp" => options with { Temperature = golden.Double("temperature") },
            "uniform" => options with { Weighting = KnnWeighting.Uniform },
            var other => throw new InvalidDataException($"Unknown weighting '{other}'."),
        };
        var scores = WeightedKnn.Scores(
            golden.InputOf("query", "queries"), golden.Input("bank"), golden.Input("bank_labels"), (int)golden.Long("num_classes"), options);
        var predictions = scores.argmax(1);   // [N]
        var outputs = new Dictionary<string, Tensor> { ["scores"] = scores, ["pred"] = predictions, ["predictions"] = predictions };
        if (golden.HasInput("query_labels"))
        {
            outputs["top1"] = (predictions == golden.Input("query_labels")).to(torch.float32).mean() * 100;   // the files state percent
        }

        return new(outputs);
    }

    [Golden("eval.feature_pool_rule")]
    public static GoldenResult FeaturePoolRule(GoldenCase golden)
    {
        var most = (int)golden.Long("target_features");
        var sides = golden.Input("map_side").data<long>().ToArray().Zip(golden.Input("channels").data<long>().ToArray());
        var pooled = sides.Select(map => MapPool.Rule((int)map.First, (int)map.Second, most)).ToArray();

        return new(("kernel", torch.tensor(Array.ConvertAll(pooled, map => (long)map.Kernel))),
            ("out_side", torch.tensor(Array.ConvertAll(pooled, map => (long)map.Side))));
    }
}
