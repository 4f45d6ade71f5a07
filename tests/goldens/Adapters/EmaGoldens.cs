namespace Parallax.Goldens;

internal static class EmaGoldens
{
    [Golden("optim.ema_update")]
    public static GoldenResult Run(GoldenCase golden)
    {
        var target = golden.Input("target").clone();
        var online = golden.Input("online");
        var momentum = golden.Values("momentum");
        var after = new List<Tensor>();
        for (var step = 0; step < momentum.Length; step++)
        {
            new MomentumUpdater([target], [online[step]]).Update(momentum[step]);
            after.Add(target.clone());
        }

        return new(("target_after", torch.stack(after)));
    }
}
