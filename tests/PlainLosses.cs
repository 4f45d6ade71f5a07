using Parallax.Plugins.Parts;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Tensor = TorchSharp.torch.Tensor;

namespace Parallax.Tests;

/// <summary>Contrastive losses and their targets written out, with the [N, K] matrix of similarities: the reference of tests, the baseline of
/// benchmarks.</summary>
internal static class PlainLosses
{
    /// <summary>MoCo: cross-entropy over positive and queue.</summary>
    public static Tensor InfoNCE(Tensor q, Tensor k, Tensor queue, double temperature) => InfoNCELoss.FromLogits(InfoNCELoss.Logits(q, k, queue, temperature));

    /// <summary>SimCLR: cross-entropy over the other embeddings of the batch.</summary>
    public static Tensor NTXent(Tensor za, Tensor zb, double temperature) => KeyedNTXent(cat([za, zb], 0), cat([za, zb], 0), temperature);

    /// <summary>Cross-entropy of 2N queries over 2N keys but their own.</summary>
    public static Tensor KeyedNTXent(Tensor queries, Tensor keys, double temperature)
    {
        var count = queries.shape[0];
        var self = eye(count, dtype: @bool);
        var scaled = functional.normalize(queries) / temperature;
        var logits = scaled.matmul(functional.normalize(keys).t()).masked_fill_(self, double.NegativeInfinity);   // [2N, 2N]

        return functional.cross_entropy(logits, arange(count, dtype: int64).roll(count / 2, 0));
    }

    /// <summary>Log-sum-exp over the embeddings of other images, [2N].</summary>
    public static Tensor NegativesOfPairs(Tensor za, Tensor zb, double temperature)
    {
        var z = functional.normalize(cat([za, zb], 0));
        var sameImage = eye(za.shape[0], dtype: @bool).repeat(2, 2);

        return (z / temperature).matmul(z.t()).masked_fill(sameImage, double.NegativeInfinity).logsumexp(1);
    }

    /// <summary>Supervised contrastive loss over all views.</summary>
    public static Tensor SupCon(Tensor z, Tensor classes, long anchors, double temperature)
    {
        var unit = functional.normalize(z);
        var logits = (unit.narrow(0, 0, anchors) / temperature).matmul(unit.t());                   // [A, M]
        var self = eye(anchors, z.shape[0], dtype: @bool);
        var same = classes.narrow(0, 0, anchors).unsqueeze(1) == classes.unsqueeze(0);
        var positives = same.logical_and(self.logical_not()).to(float32);
        var candidates = logits.masked_fill(self, double.NegativeInfinity).logsumexp(1);            // [A]
        var counts = positives.sum([1]);

        return -(((logits * positives).sum([1]) - (counts * candidates)) / counts.clamp_min(1)).mean();
    }

    /// <summary>Cross-entropy with targets that are distributions, mean over the rows.</summary>
    public static Tensor CrossEntropy(Tensor targets, Tensor logits) => -(targets.detach() * logits.log_softmax(1)).sum(1).mean();

    /// <summary>1 - entropy / ln(candidates), [N].</summary>
    public static Tensor Confidence(Tensor p, long candidates) => (1 + ((p * p.clamp(1e-30).log()).sum(1) / Math.Log(candidates))).clamp(0, 1);

    /// <summary>ReSSL: the student's similarities follow the teacher's.</summary>
    public static Tensor ReSSL(Tensor q, Tensor k, Tensor queue, double temperature, double teacherTemperature) =>
        CrossEntropy(SoftTargets.Similarities(k, queue, teacherTemperature), SoftTargets.Logits(q, queue, temperature));

    /// <summary>SCE against positive and queue.</summary>
    public static Tensor SCE(
        Tensor q, Tensor k, Tensor queue, double temperature, double teacherTemperature, double coefficient, SCEPositive positive) =>
        CrossEntropy(
            SCETargets(SoftTargets.Logits(k, queue, teacherTemperature), coefficient, positive), InfoNCELoss.Logits(q, k, queue, temperature));

    /// <summary>SCE's targets over the positive, column 0, and a queue, [N, 1 + K].</summary>
    public static Tensor SCETargets(Tensor similarities, double coefficient, SCEPositive positive)
    {
        var own = full([similarities.shape[0], 1], positive == SCEPositive.ZeroLogit ? 0 : double.NegativeInfinity);   // [N, 1]
        var soft = cat([own, similarities], 1).softmax(1) * (1 - coefficient);                                        // [N, 1 + K]

        return cat([soft.narrow(1, 0, 1) + coefficient, soft.narrow(1, 1, similarities.shape[1])], 1).detach();
    }

    /// <summary>SCE against the keys of the batch, then a queue.</summary>
    public static Tensor SCEInBatch(Tensor q, Tensor k, Tensor? queue, double temperature, double teacherTemperature, double coefficient)
    {
        var keys = functional.normalize(k.detach());
        var candidates = queue is null ? keys : cat([keys, queue], 0);                                  // [N + K, D]
        var own = eye(k.shape[0], candidates.shape[0], dtype: @bool);
        var neighbours = SoftTargets.Logits(k, candidates, teacherTemperature).masked_fill(own, double.NegativeInfinity).softmax(1);

        return CrossEntropy((neighbours * (1 - coefficient)) + (own.to(float32) * coefficient), SoftTargets.Logits(q, candidates, temperature));
    }

    /// <summary>ASCL against positive and queue.</summary>
    public static Tensor ASCL(
        Tensor q, Tensor k, Tensor queue, double temperature, double teacherTemperature, int count, ASCLWeighting weighting) =>
        CrossEntropy(
            ASCLLabels(SoftTargets.Similarities(k, queue, teacherTemperature), count, weighting), InfoNCELoss.Logits(q, k, queue, temperature));

    /// <summary>ASCL's labels over the positive, column 0, and a queue, [N, 1 + K].</summary>
    public static Tensor ASCLLabels(Tensor neighbours, int count, ASCLWeighting weighting)
    {
        var labels = cat([ones([neighbours.shape[0], 1]), ASCLWeights(neighbours, neighbours.shape[1], count, weighting)], 1);

        return labels / labels.sum(1, keepdim: true);
    }

    /// <summary>ASCL on BYOL: distance to a row's own key and its neighbours in the batch.</summary>
    public static Tensor ASCLDistance(Tensor p, Tensor z, double teacherTemperature, int count, ASCLWeighting weighting)
    {
        var self = eye(z.shape[0], dtype: @bool);
        var neighbours = SoftTargets.Logits(z, functional.normalize(z), teacherTemperature).masked_fill(self, double.NegativeInfinity).softmax(1).detach();
        var labels = ASCLWeights(neighbours, z.shape[0] - 1, count, weighting).masked_fill(self, 1);    // [N, N]
        var cosines = functional.normalize(p).matmul(functional.normalize(z.detach()).t());

        return 2 - (2 * (labels / labels.sum(1, keepdim: true) * cosines).sum(1).mean());
    }

    /// <summary>MoCHi's logits with the matrix of the queue, [B, 1 + K + s + s']; synthetic negatives as vectors.</summary>
    public static Tensor MoCHi(Tensor q, Tensor k, Tensor queue, double temperature, int count, MoCHiDraws draws)
    {
        var known = InfoNCELoss.Logits(q, k, queue, temperature);                                                     // [B, 1 + K]
        var hardest = MoCHiLogits.HardestOf(known.narrow(1, 1, queue.shape[0]), count);                               // [B, N]
        var unit = functional.normalize(q).unsqueeze(2);                                                              // [B, D, 1]
        var pairs = SyntheticNegatives.BetweenNegatives(queue, hardest, draws).matmul(unit).squeeze(2) / temperature;   // [B, s]
        var mixed = SyntheticNegatives.WithQuery(q, queue, hardest, draws).matmul(unit).squeeze(2) / temperature;       // [B, s']

        return cat([known, pairs, mixed], 1);
    }

    /// <summary>Barlow Twins with its [D, D] matrix.</summary>
    public static Tensor BarlowTwins(Tensor za, Tensor zb, double weight)
    {
        var self = eye(za.shape[1], dtype: @bool);
        var correlation = Standard(za).t().matmul(Standard(zb)) / za.shape[0];                                         // [D, D]

        return (correlation.diagonal() - 1).square().sum() + (correlation.masked_fill(self, 0).square().sum() * weight);

        static Tensor Standard(Tensor z) => (z - z.mean([0], keepdim: true)) / (z.var(0, unbiased: false, keepdim: true) + 1e-5).sqrt();
    }

    private static Tensor ASCLWeights(Tensor p, long candidates, int count, ASCLWeighting weighting)
    {
        var confidence = Confidence(p, candidates).unsqueeze(1);    // [N, 1]
        if (weighting == ASCLWeighting.Adaptive)
        {
            return (p * confidence * count).clamp(0, 1);
        }

        var weight = weighting == ASCLWeighting.Nearest ? ones_like(confidence) : confidence;

        return zeros_like(p).scatter(1, p.topk(count, 1).indexes, weight.expand([p.shape[0], count]));
    }
}
