using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class DistillationGoldens
{
    [Golden("loss.ibot")]
    public static GoldenResult IBOT(GoldenCase golden)
    {
        var (teacher, teacherPatches) = (golden.Input("teacher_cls"), golden.Input("teacher_patch"));   // [2 B, K], [2 B, L, K]
        using var centre = CentreAt(golden, "center");
        using var patchCentre = CentreAt(golden, "center_patch");
        var temperature = golden.Double("student_temp");
        Tensor[] student =
        [
            .. golden.Input("student_cls").chunk(golden.Long("n_global"), 0), .. golden.Input("student_local_cls").chunk(golden.Long("n_local"), 0),
        ];
        var targets = centre.Targets(teacher, golden.Double("teacher_temp")).chunk(2, 0);
        var views = SwappedPredictionLoss.Compute(student, targets, temperature);
        var hidden = HiddenPatches.Of(golden.Input("mask").flatten(0, 1), torch.CPU);
        var patches = HiddenPredictionLoss.Compute(
            hidden.Take(golden.Input("student_patch")), patchCentre.Targets(hidden.Take(teacherPatches), golden.Double("teacher_patch_temp")), hidden,
            temperature);
        centre.Remember(centre.Update(teacher).Rows, tags: null);
        patchCentre.Remember(patchCentre.Update(teacherPatches.flatten(0, 1)).Rows, tags: null);
        return new(
            ("loss_cls", views), ("loss_patch", patches), ("loss", views + patches), ("center_after", Value(centre).clone()),
            ("center_patch_after", Value(patchCentre).clone().unsqueeze(0)));
    }

    [Golden("loss.ibot_masked")]
    public static GoldenResult Hidden(GoldenCase golden)
    {
        var targets = F.softmax(golden.Input("teacher_logits_masked") / golden.Double("teacher_temp"), dim: 1);
        var hidden = HiddenPatches.Of(golden.Input("mask"), torch.CPU);
        return new(("loss", HiddenPredictionLoss.Compute(golden.Input("student_masked"), targets, hidden, golden.Double("student_temp"))));
    }

    [Golden("loss.dinov2_cls")]
    public static GoldenResult DINOv2(GoldenCase golden)
    {
        var (teacher, temperature, local) = (golden.Input("teacher"), golden.Double("student_temp"), golden.Long("n_local_crops"));
        using var centre = CentreAt(golden, "center");
        var targets = centre.Targets(teacher, golden.Double("teacher_temp")).chunk(2, 0);
        var large = golden.Input("student_global").chunk(2, 0);
        var loss = SwappedPredictionLoss.Compute([.. large, .. golden.Input("student_local").chunk(local, 0)], targets, temperature);
        var ofLarge = SwappedPredictionLoss.Compute(large, targets, temperature) / (1 + local);   // two of 2 + 2 n pairs
        centre.Remember(centre.Update(teacher).Rows, tags: null);
        return new(("loss", loss), ("loss_global", ofLarge), ("loss_local", loss - ofLarge), ("center_after", Value(centre).clone()));
    }

    [Golden("loss.koleo")]
    public static GoldenResult KoLeo(GoldenCase golden) => new(("loss", KoLeoLoss.Compute(golden.Input("student_output"))));

    [Golden("target.sinkhorn_center")]
    public static GoldenResult Sinkhorn(GoldenCase golden) => new(("assignments", SinkhornAssignment.Compute(
        golden.Input("teacher_output"), golden.Double("teacher_temp"), (int)golden.Long("n_iterations"))));

    [Golden("loss.esvit")]
    public static GoldenResult EsViT(GoldenCase golden)
    {
        var (teacher, regions) = (golden.Input("t_cls"), golden.Input("t_region"));
        var (crops, teacherT, studentT) = (golden.Long("ncrops"), golden.Double("teacher_temp"), golden.Double("student_temp"));
        using var centre = CentreAt(golden, "center");
        using var regionCentre = CentreAt(golden, "center_grid");
        var images = teacher.shape[0] / 2;
        var views = SwappedPredictionLoss.Compute(golden.Input("s_cls").chunk(crops, 0), centre.Targets(teacher, teacherT).chunk(2, 0), studentT);
        long[] tokens = [.. Enumerable.Range(0, (int)crops).Select(crop => golden.Long(crop < 2 ? "tokens_global" : "tokens_local"))];
        var matching = RegionMatchingLoss.Compute(
            Crops(golden.Input("s_feature"), golden.Input("s_region"), tokens, images),
            Crops(golden.Input("t_feature"), regionCentre.Targets(regions, teacherT), tokens[..2], images), studentT);
        centre.Remember(centre.Update(teacher).Rows, tags: null);
        regionCentre.Remember(regionCentre.Update(regions).Rows, tags: null);
        return new(("loss", (views + matching) / 2), ("center_after", Value(centre).clone()), ("center_grid_after", Value(regionCentre).clone()));
    }

    // Rows are ordered by crop, image and token.
    private static Regions[] Crops(Tensor features, Tensor outputs, long[] tokens, long images)
    {
        long[] sizes = [.. tokens.Select(count => count * images)];
        return
        [
            .. features.split(sizes, 0).Zip(outputs.split(sizes, 0))
                .Select(crop => new Regions(crop.First.reshape(images, -1, features.shape[1]), crop.Second.reshape(images, -1, outputs.shape[1]))),
        ];
    }

    private static Centre CentreAt(GoldenCase golden, string input)
    {
        var value = golden.Input(input);
        var centre = new Centre(value.shape[^1], golden.Double("center_momentum"));
        Value(centre).copy_(value.reshape(1, -1));
        return centre;
    }

    private static Tensor Value(Centre centre) => centre.get_buffer("center")!;
}
