using Parallax.Plugins.Parts;
using Parallax.Tests;

namespace Parallax.Goldens;

internal static class SoftGoldens
{
    [Golden("loss.ressl")]
    public static GoldenResult ReSSL(GoldenCase golden)
    {
        var k = golden.Input("k");
        var queue = Queues.From(golden.Input("queue"), k.shape[0], golden.Long("ptr", 0));
        var before = queue.Keys.clone();   // the trainer enqueues once gradients are done, a golden file before
        var targets = Neighbourhood.Of(k, before, golden.Double("temperature_teacher"));
        var students = golden.Input("q").chunk(golden.Long("num_strong_views", 1), 0);   // views are stacked
        var losses = students.Select(q => ReSSLLoss.Compute(q, targets, before, golden.Double("temperature_student")));
        queue.Enqueue(Rows.Unit(k), labels: null);
        return new(("loss", torch.stack([.. losses]).mean()), ("queue_after", queue.Keys), ("ptr_after", Queues.PointerOf(queue)));
    }

    [Golden("loss.sce")]
    public static GoldenResult SCE(GoldenCase golden)
    {
        var (q, k) = (golden.Input("q"), golden.Input("k"));
        var (temperature, targetTemperature, coefficient) = (golden.Double("temperature"), golden.Double("temperature_m"), golden.Double("coeff"));
        var queue = golden.HasInput("queue") ? golden.Input("queue") : null;
        if (golden.Text("negatives", "queue") != "queue")
        {
            return new(("loss", SCELoss.InBatch(q, k, queue, Neighbourhood.OfOthers(k, queue, targetTemperature), temperature, coefficient)));
        }

        var positive = golden.Text("positive_in_target", "zero_logit") switch
        {
            "zero_logit" => SCEPositive.ZeroLogit,
            "excluded" => SCEPositive.Excluded,
            var other => throw new InvalidDataException($"Unknown positive_in_target '{other}'."),
        };
        return new(("loss", SCELoss.Compute(q, k, queue!, Neighbourhood.Of(k, queue!, targetTemperature), temperature, coefficient, positive)));
    }

    [Golden("loss.ascl")]
    public static GoldenResult ASCL(GoldenCase golden)
    {
        var (k, queue) = (golden.Input("k"), golden.Input("queue"));
        var weighting = golden.Text("type", "ascl") switch
        {
            "ascl" => ASCLWeighting.Adaptive,
            "ahcl" => ASCLWeighting.NearestByConfidence,
            "hard" => ASCLWeighting.Nearest,
            var other => throw new InvalidDataException($"Unknown type '{other}'."),
        };
        var (temperature, count) = (golden.Double("temperature_target"), (int)golden.Long("nn_num"));
        var positives = SoftPositives.OfQueue(k, queue, Neighbourhood.Of(k, queue, temperature), temperature, count, weighting);
        var loss = ASCLLoss.Compute(golden.Input("q"), k, queue, positives, golden.Double("temperature"));
        return new(("loss", loss), ("labels", PlainLosses.ASCLLabels(SoftTargets.Similarities(k, queue, temperature), count, weighting)));
    }

    [Golden("loss.ascl_byol")]
    public static GoldenResult ASCLBYOL(GoldenCase golden)
    {
        var z = golden.Input("z");
        var temperature = golden.Double("temperature_target");
        var neighbours = Neighbourhood.OfOthers(z, queue: null, temperature);
        var positives = SoftPositives.OfOthers(z, neighbours, temperature, (int)golden.Long("nn_num"), ASCLWeighting.Adaptive);
        return new(("loss", ASCLLoss.Distance(golden.Input("p"), z, positives)));
    }

    [Golden("loss.relic")]
    public static GoldenResult ReLIC(GoldenCase golden)
    {
        var (invariance, stopGradient) = golden.Text("invariance", "kl_12") switch
        {
            "kl_12" => (ReLICInvariance.FirstToSecond, false),
            "symmetric_stop_gradient" => (ReLICInvariance.Symmetric, true),
            var other => throw new InvalidDataException($"Unknown invariance '{other}'."),
        };
        var terms = ReLICLoss.TwoViews(
            golden.Input("o1"), golden.Input("o2"), golden.Input("t1"), golden.Input("t2"), golden.Double("temperature"), invariance, stopGradient);
        return new(("loss", terms.Weighted(golden.Double("alpha"))), ("contrastive", terms.Contrastive), ("invariance", terms.Invariance));
    }

    [Golden("loss.relic_single")]
    public static GoldenResult ReLICSingle(GoldenCase golden)
    {
        var terms = ReLICLoss.Pair(
            golden.Input("online"), golden.Input("target"), negatives: null, golden.Double("temperature"), ReLICInvariance.SecondToFirst, stopGradient: false);
        return new(("loss", terms.Weighted(golden.Double("alpha"))), ("invariance", terms.Invariance));
    }
}
