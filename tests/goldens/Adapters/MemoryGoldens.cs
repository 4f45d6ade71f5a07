using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class MemoryGoldens
{
    [Golden("loss.nce_memory")]
    public static GoldenResult Nce(GoldenCase golden)
    {
        var (bank, candidates, images) = (golden.Input("memory"), golden.Input("candidate_index"), golden.Input("memory").shape[0]);
        var features = golden.Bool("normalize_input", fallback: false) ? Rows.Unit(golden.Input("features")) : golden.Input("features");
        var logits = BankLogits.Of(features, bank, candidates, golden.Double("temperature"));
        var updated = Updated(golden, features);
        if (golden.Text("variant") == "info_nce")
        {
            return new(("loss", InfoNCELoss.FromLogits(logits)), ("updated_rows", updated));
        }

        var z = Z(golden, logits, images);
        var nce = NCELoss.Compute(logits, z, images, golden.Double("eps"));
        var proximal = (features - bank.index_select(0, golden.Input("positive_index"))).square().sum(1).mean();
        return new(
            ("loss", nce + (golden.Double("proximal_lambda", 0) * proximal)), ("nce", nce), ("proximal", proximal), ("z", z.squeeze()),
            ("probs", logits.exp() / z), ("updated_rows", updated));
    }

    [Golden("loss.instdisc_softmax")]
    public static GoldenResult Softmax(GoldenCase golden)
    {
        var (features, bank) = (golden.Input("features"), golden.Input("memory"));
        return new(
            ("loss", InstanceSoftmaxLoss.Compute(features, bank, golden.Input("positive_index"), golden.Double("temperature"))),
            ("updated_rows", Updated(golden, features)));
    }

    [Golden("loss.pirl")]
    public static GoldenResult PIRL(GoldenCase golden)
    {
        var (bank, isPaper) = (golden.Input("memory"), golden.Text("variant") == "paper");
        var (patches, image) = (Rows.Unit(golden.Input("patch_embedding")), Rows.Unit(golden.Input("image_embedding")));
        var (ofPatches, ofImage) = (Logits(patches, "candidate_index_patches"), Logits(image, "candidate_index_image"));
        var z = isPaper || golden.Text("variant") == "info_nce" ? torch.ones(1, 1) : Z(golden, ofPatches, bank.shape[0]);
        var (first, second) = (Term(ofPatches), Term(ofImage));
        var weight = golden.Double(isPaper ? "lambda_" : "weight_patches");
        return new(
            ("loss", (weight * first) + (golden.Double("weight_image", 1 - weight) * second)), ("loss_patches", first), ("loss_image", second),
            ("z", z.squeeze()), ("updated_rows", isPaper ? image : Updated(golden, image)));

        Tensor Logits(Tensor embedding, string candidates) => BankLogits.Of(
            embedding, bank,
            isPaper ? torch.cat([golden.Input("positive_index").unsqueeze(1), golden.Input("negative_index")], 1) : golden.Input(candidates),
            golden.Double("temperature"));

        Tensor Term(Tensor logits) => golden.Text("variant") switch
        {
            "nce" => NCELoss.Compute(logits, z, bank.shape[0], golden.Double("eps")),
            "info_nce" => InfoNCELoss.FromLogits(logits),
            "paper" => PIRLLoss.Term(logits),
            var other => throw new InvalidDataException($"Unknown variant '{other}'."),
        };
    }

    private static Tensor Z(GoldenCase golden, Tensor logits, long images) =>
        golden.Double("z") > 0 ? torch.full([1, 1], golden.Double("z"), dtype: torch.float32) : PartitionConstant.Estimate(logits, images);

    /// <summary>Rows of the bank once it has taken in the features.</summary>
    private static Tensor Updated(GoldenCase golden, Tensor features)
    {
        var (memory, images) = (golden.Input("memory"), golden.Input("positive_index"));
        var bank = new ImageBank(memory.shape[0], memory.shape[1], seed: 0, golden.Double("momentum"));
        bank.Fill(memory);
        bank.Remember(features, images);
        return bank.Features.index_select(0, images);
    }
}
