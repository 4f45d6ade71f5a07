namespace Parallax.Goldens;

internal static class ScheduleGoldens
{
    [Golden("schedule.cosine_warmup")]
    public static GoldenResult CosineWarmup(GoldenCase golden)
    {
        var rate = golden.Double("base_lr");
        var peak = golden.HasOption("batch_size") ? BatchScaling.Linear(rate, golden.Long("batch_size")) : rate;
        var (ramp, finish) = golden.Text("variant") switch
        {
            "byol" or "simclr" or "barlow" or "plain" => (WarmupRamp.FromStart, CosineEnd.Approached),
            "linspace" or "pl_bolts" => (WarmupRamp.BothEnds, CosineEnd.Approached),
            "lightly" => (WarmupRamp.ToPeak, CosineEnd.Reached),
            var other => throw new InvalidDataException($"Unknown schedule variant '{other}'."),
        };
        var schedule = new WarmupCosine(peak, golden.Long("total_steps"), golden.Long("warmup_steps", 0))
        {
            Start = golden.Double("warmup_start_lr", 0),
            End = golden.HasOption("final_lr_ratio") ? golden.Double("final_lr_ratio") * peak : golden.Double("final_lr", 0),
            Ramp = ramp,
            Finish = finish,
        };
        return new(("value", AtSteps(golden, schedule)));
    }

    [Golden("schedule.cosine_epoch")]
    public static GoldenResult CosineEpoch(GoldenCase golden) =>
        new(("value", AtSteps(golden, new EpochCosine(golden.Double("base_lr"), (int)golden.Long("epochs"), golden.Long("steps_per_epoch")))));

    [Golden("schedule.multistep_epoch")]
    public static GoldenResult MultistepEpoch(GoldenCase golden)
    {
        var milestones = Enumerable.Range(0, int.MaxValue).Select(i => $"milestone_{i}").TakeWhile(golden.HasOption).Select(name => (int)golden.Long(name));
        return new(("value", AtSteps(golden,
            new EpochMultistep(golden.Double("base_lr"), [.. milestones], golden.Long("steps_per_epoch"), golden.Double("gamma", 0.1)))));
    }

    [Golden("schedule.ema_cosine")]
    public static GoldenResult EmaCosine(GoldenCase golden)
    {
        var finish = golden.Text("variant") switch
        {
            "divide_by_total" => CosineEnd.Approached,
            "divide_by_total_minus_1" => CosineEnd.Reached,
            var other => throw new InvalidDataException($"Unknown momentum variant '{other}'."),
        };
        var schedule = new WarmupCosine(golden.Double("base_momentum"), golden.Long("total_steps")) { End = golden.Double("final_momentum", 1),
            Finish = finish };
        return new(("value", AtSteps(golden, schedule)));
    }

    [Golden("schedule.momentum_cosine")]
    public static GoldenResult MomentumCosine(GoldenCase golden)
    {
        var schedule = new WarmupCosine(golden.Double("initial"), golden.Long("steps")) { End = 1, Finish = CosineEnd.Reached };
        return new(("momentum", AtSteps(golden, schedule)));
    }

    [Golden("schedule.cosine_ema")]
    public static GoldenResult CosineEma(GoldenCase golden)
    {
        var steps = golden.Long("epochs") * golden.Long("iters_per_epoch");
        return new(("momentum", AllSteps(steps, new WarmupCosine(golden.Double("base_momentum"), steps) { End = 1 })));
    }

    [Golden("schedule.warmup_cosine_mae")]
    public static GoldenResult WarmupCosineFractionalEpochs(GoldenCase golden)
    {
        var perEpoch = golden.Long("iters_per_epoch");
        var steps = golden.Long("epochs") * perEpoch;
        var schedule = new WarmupCosine(golden.Double("lr"), steps, golden.Long("warmup_epochs") * perEpoch) { End = golden.Double("min_lr") };
        return new(("lr", AllSteps(steps, schedule)));
    }

    [Golden("schedule.bottou")]
    public static GoldenResult Bottou(GoldenCase golden)
    {
        var schedule = new BottouDecay(golden.Double("lr0"), golden.Double("weight_decay"));
        return new(("lr", torch.tensor(Array.ConvertAll(golden.Input("t").data<long>().ToArray(), schedule.At))));
    }

    private static Tensor AtSteps(GoldenCase golden, ISchedule schedule) =>
        torch.tensor(Array.ConvertAll(golden.Input("step").data<long>().ToArray(), schedule.At));

    private static Tensor AllSteps(long count, WarmupCosine schedule) =>
        torch.tensor(Enumerable.Range(0, (int)count).Select(step => schedule.At(step)).ToArray());
}
