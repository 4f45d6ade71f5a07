using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class SemiSupervisedGoldens
{
    [Golden("loss.s4l")]
    public static GoldenResult S4L(GoldenCase golden) => golden.Text("variant") switch
    {
        "rotation" => Rotation(golden),
        "exemplar" => Exemplar(golden),
        "moam" => Moam(golden),
        var other => throw new InvalidDataException($"Unknown variant '{other}'."),
    };

    private static GoldenResult Rotation(GoldenCase golden)
    {
        var logits = golden.Input("class_logits");
        var (classes, rotations) = (LabelledRows.ClassLoss(logits, golden.Input("class_labels")), Rotations(golden));
        return new(
            ("loss", classes + (golden.Double("weight") * rotations)), ("loss_class", classes), ("loss_rot", rotations),
            ("pred_unrotated", logits.view(-1, QuarterTurns.Count, logits.shape[1]).select(1, 0).argmax(1)),
            ("pred_rot_avg", LabelledRows.MeanOverCopies(logits, QuarterTurns.Count).argmax(1)));
    }

    private static GoldenResult Exemplar(GoldenCase golden)
    {
        var classes = LabelledRows.ClassLoss(golden.Input("class_logits"), golden.Input("class_labels"));
        var (others, own) = (Triplets("embeddings_unsup"), Triplets("embeddings_sup"));
        return new(
            ("loss", classes + (golden.Double("weight") * (others + own) / 2)), ("loss_class", classes), ("triplet_unsup", others), ("triplet_sup", own));

        Tensor Triplets(string embeddings) => ExemplarTripletLoss.BatchHard(
            ExemplarTripletLoss.Hardest(Rows.Unit(golden.Input(embeddings)), golden.Input("exemplar_labels")), margin: 0, soft: true);
    }

    private static GoldenResult Moam(GoldenCase golden)
    {
        var (clean, changed) = (golden.Input("unsup_class_logits"), golden.Input("unsup_class_logits_perturbed"));
        var (classes, rotations) = (LabelledRows.ClassLoss(golden.Input("class_logits"), golden.Input("class_labels")), Rotations(golden));
        var (divergence, entropy) = (VirtualAdversary.Divergence(changed, clean), VirtualAdversary.Entropy(clean));
        var loss = MixOfAllModels.Loss(
            rotations, classes, divergence, entropy, golden.Double("class_weight"), golden.Double("vat_weight"), golden.Double("entmin_weight"));
        return new(
            ("loss", loss), ("loss_class", classes), ("loss_rot", rotations), ("loss_vat", divergence), ("loss_entmin", entropy));
    }

    /// <summary>Both halves are equally large, so their mean is that over all rows.</summary>
    private static Tensor Rotations(GoldenCase golden) => ClassPrediction.Loss(
        torch.cat([golden.Input("rot_logits_unsup"), golden.Input("rot_logits_sup")], 0), golden.Input("rot_labels").repeat(2));
}
