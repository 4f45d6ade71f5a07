using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class SiameseGoldens
{
    private const double BatchNormEpsilon = 1e-5;
    private const string Projector = "encoder.fc.", Predictor = "predictor.";   // before their names in the files

    [Golden("loss.byol")]
    public static GoldenResult BYOL(GoldenCase golden)
    {
        var loss = BYOLLoss.Compute(golden.Input("p1"), golden.Input("z2").detach());
        return new(("loss", golden.Bool("symmetric", true) ? loss + BYOLLoss.Compute(golden.Input("p2"), golden.Input("z1").detach()) : loss));
    }

    [Golden("loss.negative_cosine")]
    public static GoldenResult NegativeCosine(GoldenCase golden)
    {
        var loss = NegativeCosineLoss.Compute(golden.Input("p1"), golden.Input("z2").detach());
        return new(("loss", golden.Bool("symmetric", true)
            ? (loss + NegativeCosineLoss.Compute(golden.Input("p2"), golden.Input("z1").detach())) * golden.Double("weight", 0.5)
            : loss));
    }

    [Golden("loss.simsiam")]
    public static GoldenResult SimSiam(GoldenCase golden) =>
        new(("loss", Symmetric(golden.Input("p1"), golden.Input("p2"), golden.Input("z1"), golden.Input("z2"))));

    [Golden("layer.simsiam_heads")]
    public static GoldenResult SimSiamHeads(GoldenCase golden)
    {
        if (golden.Double("bn_eps", BatchNormEpsilon) != BatchNormEpsilon)
        {
            throw new InvalidDataException($"The heads normalise with epsilon {BatchNormEpsilon}; the file asks for {golden.Double("bn_eps")}.");
        }

        var (projectorWeight, predictorWeight) = (golden.Input("encoder.fc.6.weight"), golden.Input("predictor.0.weight"));
        var projector = SiameseHeads.SimSiamProjector(golden.Input("x1").shape[1], projectorWeight.shape[1], projectorWeight.shape[0]);
        var predictor = SiameseHeads.SimSiamPredictor(projectorWeight.shape[0], predictorWeight.shape[0]);
        Load(golden, projector, Projector);
        Load(golden, predictor, Predictor);
        var (z1, z2) = (projector.call(golden.Input("x1")), projector.call(golden.Input("x2")));
        var (p1, p2) = (predictor.call(z1), predictor.call(z2));
        return new GoldenResult(("z1", z1), ("z2", z2), ("p1", p1), ("p2", p2), ("loss", Symmetric(p1, p2, z1, z2)))
            .WithLeaves(projector, name => Projector + name).WithLeaves(predictor, name => Predictor + name);
    }

    [Golden("loss.barlow_twins")]
    public static GoldenResult BarlowTwins(GoldenCase golden) =>
        new(("loss", BarlowTwinsLoss.Compute(golden.Input("z1"), golden.Input("z2"), golden.Double("lambda")) * golden.Double("scale_loss", 1)));

    [Golden("loss.vicreg")]
    public static GoldenResult VICReg(GoldenCase golden)
    {
        var reduction = golden.Text("variance_reduction") switch
        {
            "mean_of_views" => VarianceReduction.MeanOfViews,
            "sum_of_views" => VarianceReduction.SumOfViews,
            var other => throw new InvalidDataException($"Unknown variance reduction '{other}'."),
        };
        var terms = VICRegLoss.Compute(golden.Input("z1"), golden.Input("z2"), reduction);
        return new(
            ("invariance", terms.Invariance),
            ("variance", terms.Variance),
            ("covariance", terms.Covariance),
            ("loss", terms.Weighted(golden.Double("sim_coeff"), golden.Double("std_coeff"), golden.Double("cov_coeff"))));
    }

    private static Tensor Symmetric(Tensor p1, Tensor p2, Tensor z1, Tensor z2) =>
        (NegativeCosineLoss.Compute(p1, z2.detach()) + NegativeCosineLoss.Compute(p2, z1.detach())) / 2;

    /// <summary>Gives a head the file's weights.</summary>
    private static void Load(GoldenCase golden, torch.nn.Module head, string prefix)
    {
        var state = head.state_dict();
        foreach (var (name, _) in head.named_parameters())
        {
            state[name] = golden.Input(prefix + name).detach();
        }

        head.load_state_dict(state);
    }
}
