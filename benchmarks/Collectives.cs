using System.Diagnostics;

namespace Parallax.Benchmarks;

/// <summary>What does training in several processes add to a step, and what does synchronised batch normalisation add to the plain one? <c>mpirun -n 2
/// Parallax.Benchmarks collectives</c></summary>
/// <remarks>A table from rank 0: median time of a call, and mean processor time of the process per call. Give each process a core, or the times are those of
/// the scheduler.</remarks>
internal sealed class Collectives
{
    private const int Repetitions = 9, Calls = 100;

    private readonly ProcessGroup _group;
    private readonly GradientReducer _reducer, _half;
    private readonly List<Parameter> _weights = [.. Enumerable.Range(0, 10).Select(_ => new Parameter(randn(512, 512, 3, 3) / 68))];
    private readonly Tensor _features = randn(4, 512, 8, 8);
    private readonly BatchNorm2d _plain = BatchNorm2d(64), _synchronised = BatchNorm2d(64);
    private readonly Tensor _small = zeros(16), _rows = randn(128, 128).requires_grad_();
    private readonly Tensor _images = randn(64, 64, 32, 32).ToChannelsLast().requires_grad_();
    private readonly Tensor _gradient = randn(64, 64, 32, 32).ToChannelsLast();

    private Collectives(ProcessGroup group)
    {
        _group = group;
        _weights.ForEach(weight => weight.grad = zeros_like(weight));
        (_reducer, _half) = (new(_weights, group), new(_weights[..5], group));
        SynchronizedBatchNorm.Enable(_synchronised, group);
    }

    public static int Run()
    {
        CpuThreads.Set(1);
        var group = ProcessGroup.Join();
        var own = new Collectives(group);
        own.Report(1, ("step with 90 MiB of gradients, not exchanged", () => own.Step(false, false)),
            ("step with 90 MiB of gradients, exchanged after backward", () => own.Step(false, true)),
            ("step with 90 MiB of gradients, exchanged during backward", () => own.Step(true, true)));
        own.Report(1, ("reduce 45 MiB of gradients", own._half.Reduce));
        own.Report(Calls, ("all-reduce 64 B", () => group.AllReduce(own._small)));
        own.Report(Calls, ("barrier", group.Barrier));
        own.Report(10, ("gather [128, 128], forward and backward", own.Gather));
        own.Report(1, ("batch norm [64, 64, 32, 32], forward and backward: plain", () => own.Normalise(own._plain)),
            ("batch norm [64, 64, 32, 32], forward and backward: synchronised", () => own.Normalise(own._synchronised)));
        group.Leave();

        return 0;
    }

    private void Gather()
    {
        DistributedFunctions.Gather(_rows, _group).sum().Backpropagate();
        _rows.grad = null;
    }

    private void Normalise(BatchNorm2d norm)
    {
        torch.autograd.backward([norm.call(_images)], [_gradient]);
        (_images.grad, norm.weight.grad, norm.bias!.grad) = (null, null, null);
    }

    private void Step(bool overlaps, bool exchanges)
    {
        _weights.ForEach(weight => weight.grad = null);
        var h = _features;   // [N, C, H, W]
        foreach (var weight in _weights)
        {
            h = nn.functional.conv2d(h, weight, padding: [1, 1]).relu();
        }

        var loss = h.square().mean();
        if (overlaps)
        {
            _reducer.Begin();
        }

        loss.Backpropagate();
        if (exchanges)
        {
            _reducer.Reduce();
        }
    }

    /// <summary>Measures several kinds of work in turn, so that what else the machine does meets all of them.</summary>
    private void Report(int calls, params (string Name, Action Work)[] kinds)
    {
        var measured = kinds.Select(_ => new List<(double Wall, double Processor)>()).ToList();
        for (var i = 0; i <= Repetitions; i++)
        {
            for (var kind = 0; kind < kinds.Length; kind++)
            {
                measured[kind].Add(Measure(calls, kinds[kind].Work));
            }
        }

        for (var kind = 0; kind < kinds.Length && _group.Rank == 0; kind++)
        {
            var times = measured[kind][1..];   // the first warms up
            Console.WriteLine(FormattableString.Invariant($"{kinds[kind].Name,-68}{Median(times.Select(time => time.Wall)),10:F3} ms")
                + FormattableString.Invariant($"{times.Average(time => time.Processor),10:F3} ms"));
        }
    }

    private (double Wall, double Processor) Measure(int calls, Action work)
    {
        _group.Barrier();
        var (before, start) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        using var scope = NewDisposeScope();
        for (var call = 0; call < calls; call++)
        {
            work();
        }

        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds / calls, (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / calls);
    }

    private static double Median(IEnumerable<double> times)
    {
        List<double> ordered = [.. times.Order()];

        return ordered[ordered.Count / 2];
    }
}
