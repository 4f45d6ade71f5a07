using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

internal static class DINOGoldens
{
    [Golden("loss.dino")]
    public static GoldenResult DINO(GoldenCase golden)
    {
        var teacher = golden.Input("teacher");   // [2 B, K]
        using var centre = new Centre(teacher.shape[1], golden.Double("center_momentum"));
        centre.get_buffer("center")!.copy_(golden.Input("center"));
        var targets = centre.Targets(teacher, golden.Double("teacher_temp")).chunk(2, 0);
        var loss = SwappedPredictionLoss.Compute(golden.Input("student").chunk(golden.Long("ncrops"), 0), targets, golden.Double("student_temp"));
        centre.Remember(centre.Update(teacher).Rows, tags: null);
        return new(("loss", loss), ("center_after", centre.get_buffer("center")!.clone()));
    }
}
