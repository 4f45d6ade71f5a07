using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

/// <summary>Losses of the video methods.</summary>
internal static class VideoLossGoldens
{
    [Golden("loss.cvrl")]
    public static GoldenResult CVRL(GoldenCase golden)
    {
        var (za, zb, temperature) = (golden.Input("hidden1"), golden.Input("hidden2"), golden.Double("temperature"));
        var pairs = PairLogits.Of(za, zb, temperature);
        var losses = F.softplus(pairs.Negatives - pairs.Positives).chunk(2, 0);   // [N] each
        return new(
            ("loss", NTXentLoss.Compute(za, zb, temperature, NTXentReduction.SumOfViewMeans)), ("loss_a", losses[0].mean()), ("loss_b", losses[1].mean()),
            ("contrast_acc", ClassPrediction.Accuracy(Rows.Unit(za).mm(Rows.Unit(zb).t()), torch.arange(za.shape[0]))));
    }

    [Golden("loss.coclr")]
    public static GoldenResult CoCLR(GoldenCase golden)
    {
        var (logits, mask) = (golden.Input("logits"), golden.Input("mask").to(torch.@bool));
        var positives = golden.Long("drop_self") == 1 ? MultiPositiveLoss.WithoutOwnKey(mask) : mask;
        return new(
            ("loss", MultiPositiveLoss.OfSharesTogether(logits, positives)), ("effective_mask", positives.to(torch.int64)),
            ("top1", MultiPositiveLoss.Accuracy(logits, mask, 1)), ("top5", MultiPositiveLoss.Accuracy(logits, mask, 5)));
    }

    [Golden("loss.coclr_queue")]
    public static GoldenResult CoCLRQueue(GoldenCase golden)
    {
        var logits = InfoNCELoss.Logits(golden.Input("q"), golden.Input("k"), golden.Input("queue").t(), golden.Double("temperature"));
        var positives = MinedPositives.Of(
            golden.Input("kf"), golden.Input("queue_second").t(), golden.Input("source"), golden.Input("queue_source"), (int)golden.Long("topk"));
        return new(("logits", logits), ("mask", positives.to(torch.int64)), ("loss", MultiPositiveLoss.OfSharesTogether(logits, positives)));
    }

    [Golden("loss.ubernce")]
    public static GoldenResult UberNCE(GoldenCase golden)
    {
        var positives = MultiPositiveLoss.OfSameClass(golden.Input("label"), golden.Input("queue_label"));
        return new(("loss", MultiPositiveLoss.OfSharesApart(golden.Input("logits"), positives)), ("mask", positives.to(torch.int64)));
    }

    [Golden("loss.cstp")]
    public static GoldenResult CSTP(GoldenCase golden)
    {
        var terms = new CSTPTerms(
            CSTPTerms.OfPair(golden.Input("p1"), golden.Input("z1"), golden.Input("p2"), golden.Input("z2")),
            ClassPrediction.Loss(golden.Input("spatial"), golden.Input("spatial_label")),
            ClassPrediction.Loss(golden.Input("temporal"), golden.Input("temporal_label")),
            CSTPTerms.OfBoth(golden.Input("pace1"), golden.Input("pace_label"), golden.Input("pace2"), golden.Input("pace_label")),
            CSTPTerms.OfBoth(golden.Input("rot1"), golden.Input("rot1_label"), golden.Input("rot2"), golden.Input("rot2_label")));
        var loss = terms.Weighted(
            golden.Double("weight_byol"), golden.Double("weight_spatial"), golden.Double("weight_temporal"), golden.Double("weight_pace"),
            golden.Double("weight_rotation"));
        return new(("loss", loss), ("byol", terms.Byol));
    }

    [Golden("loss.slic_triplet")]
    public static GoldenResult Triplets(GoldenCase golden)
    {
        var (z, margin) = (golden.Input("embeddings"), golden.Double("margin"));
        var triplets = SLICLoss.Triplets(z, golden.Input("labels"), margin);   // [P, 3]
        return new(("triplets", triplets.t()), ("loss", SLICLoss.OfTriplets(z, triplets, margin)));
    }

    [Golden("loss.slic_temporal_discrimination")]
    public static GoldenResult TemporalDiscrimination(GoldenCase golden) => new(("loss", SLICLoss.TemporalDiscrimination(
        golden.Input("anchor"), golden.Input("anchor2"), golden.Input("positive"), golden.Double("margin"))));

    [Golden("loss.maclr")]
    public static GoldenResult MaCLR(GoldenCase golden)
    {
        var terms = MaCLRLoss.Of(Of("visual"), Of("motion"), golden.Double("temperature"), golden.Long("motion_instance") == 1);
        return new(
            ("loss", terms.Weighted(golden.Double("cross_weight"))), ("vv", terms.Visual), ("vm", terms.VisualToMotion), ("mv", terms.MotionToVisual));

        Pathway Of(string name) => new(golden.Input($"q_{name}"), golden.Input($"k_{name}"), golden.Input($"queue_{name}").t());
    }

    [Golden("loss.concur_temporal_distance")]
    public static GoldenResult ConCur(GoldenCase golden)
    {
        var (prediction, distance) = (
            golden.Input("prediction"), TemporalDistance.Of(golden.Input("start1"), golden.Input("start2"), golden.Input("max_start")));
        if (golden.Text("mode") == "mse")
        {
            return new(("loss", TemporalDistance.SquaredError(prediction, distance)), ("target", distance));
        }

        var classes = TemporalDistance.Classes(distance, (int)golden.Long("num_bins"));
        return new(("loss", ClassPrediction.Loss(prediction, classes)), ("target", classes));
    }

    [Golden("loss.sce_video")]
    public static GoldenResult SCE(GoldenCase golden)
    {
        var queue = golden.Input("queue").t();
        var (temperature, targetTemperature, coefficient) = (golden.Double("temp"), golden.Double("temp_m"), golden.Double("coeff"));
        return new(("loss", (Loss("q2", "k1") + Loss("q1", "k2")) / 2));

        Tensor Loss(string query, string key)
        {
            var (q, k) = (golden.Input(query), golden.Input(key));
            return golden.Long("use_keys") == 1
                ? SCELoss.InBatch(q, k, queue, Neighbourhood.OfOthers(k, queue, targetTemperature), temperature, coefficient)
                : SCELoss.Compute(q, k, queue, Neighbourhood.Of(k, queue, targetTemperature), temperature, coefficient, SCEPositive.ZeroLogit);
        }
    }

    [Golden("loss.iboot")]
    public static GoldenResult IBoot(GoldenCase golden)
    {
        var target = FrameMean.Of(golden.Input("frame_features"));
        return new(("loss", BYOLLoss.Compute(golden.Input("prediction"), target)), ("target", target));
    }

    [Golden("loss.maskfeat_hog")]
    public static GoldenResult MaskFeat(GoldenCase golden)
    {
        var cell = (int)golden.Long("cell");
        var rows = ClipGradients.Rows(
            new OrientedGradients(Bins: 9, cell), golden.Input("frames"), (int)golden.Long("temporal_stride"), (int)golden.Long("patch") / cell);
        var target = rows.flatten(0, 1).index_select(0, golden.Input("mask").flatten().nonzero().squeeze(1)).unsqueeze(0);   // [1, M, 108]
        var loss = HiddenPatchLoss.Compute(golden.Input("prediction").unsqueeze(0), target, torch.ones(1, target.shape[1]));
        return new(("loss", loss), ("target", target.squeeze(0)));
    }
}
