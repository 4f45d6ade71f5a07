using System.Diagnostics;

namespace Parallax.Benchmarks;

/// <summary>What does training in several processes add to a step, and what does synchronised batch normalisation add to the plain one? <c>mpirun -n 2
/// Parallax.Benchmarks collectives</c></summary>
/// <remarks>A table from rank 0: median time of a call, and mean processor time of the process per call. Give each process a core, or the times are those of
/// the scheduler.</remarks>
internal sealed class Collectives
{
    private const int Repetitions = 21, Calls = 100;

    private readonly ProcessGroup _group;
    private readonly GradientReducer _reducer;
    private readonly BatchNorm2d _plain = BatchNorm2d(64), _synchronised = BatchNorm2d(64);
    private readonly Tensor _small = zeros(16), _rows = randn(128, 128).requires_grad_();
    private readonly Tensor _images = randn(64, 64, 32, 32).ToChannelsLast().requires_grad_();
    private readonly Tensor _gradient = randn(64, 64, 32, 32).ToChannelsLast();

    private Collectives(ProcessGroup group)
    {
        _group = group;
        List<Parameter> weights = [.. Enumerable.Range(0, 5).Select(_ => new Parameter(zeros(512, 512, 3, 3)))];
        weights.ForEach(weight => weight.grad = zeros_like(weight));
        _reducer = new(weights, group);
        SynchronizedBatchNorm.Enable(_synchronised, group);
    }

    public static int Run()
    {
        CpuThreads.Set(1);
        var group = ProcessGroup.Join();
        var own = new Collectives(group);
        own.Report("reduce 45 MiB of gradients", 1, own._reducer.Reduce);
        own.Report("all-reduce 64 B", Calls, () => group.AllReduce(own._small));
        own.Report("barrier", Calls, group.Barrier);
        own.Report("gather [128, 128], forward and backward", 10, own.Gather);
        own.Report("batch norm [64, 64, 32, 32], forward and backward: plain", 1, () => own.Normalise(own._plain));
        own.Report("batch norm [64, 64, 32, 32], forward and backward: synchronised", 1, () => own.Normalise(own._synchronised));
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

    private void Report(string name, int calls, Action work)
    {
        var times = new List<double>();
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i <= Repetitions; i++)
        {
            _group.Barrier();
            var start = Stopwatch.GetTimestamp();
            using var scope = NewDisposeScope();
            for (var call = 0; call < calls; call++)
            {
                work();
            }

            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds / calls);
        }

        var processor = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds / (calls * times.Count);
        times = [.. times.Skip(1).Order()];   // the first warms up
        if (_group.Rank == 0)
        {
            Console.WriteLine(FormattableString.Invariant($"{name,-68}{times[times.Count / 2],10:F3} ms{processor,10:F3} ms"));
        }
    }
}
