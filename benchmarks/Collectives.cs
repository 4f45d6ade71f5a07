using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Parallax.Engine;

namespace Parallax.Benchmarks;

/// <summary>What does training on several processes add to a step, and what does synchronised batch normalisation add to the plain one?</summary>
/// <remarks>The ranks are threads of this process, connected over loopback; give each a core, or the numbers are those of the scheduler.</remarks>
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class Collectives : IDisposable
{
    private const string Exchange = "exchange", Normalisation = "batch norm [64, 64, 32, 32], forward and backward";

    private RankThreads _ranks = null!;

    /// <summary>Number of processes.</summary>
    [Params(2, 3)]
    public int Ranks { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        torch.set_num_threads(1);
        _ranks = new RankThreads(Ranks);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _ranks.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Description = "reduce 45 MB of gradients"), BenchmarkCategory(Exchange)]
    public void ReduceGradients() => _ranks.Run(rank => rank.Reducer.Reduce());

    [Benchmark(Description = "all-reduce 64 B"), BenchmarkCategory(Exchange)]
    public void AllReduceSmall() => _ranks.Run(rank => rank.Group.AllReduce(rank.Small));

    [Benchmark(Description = "gather [128, 128], forward and backward"), BenchmarkCategory(Exchange)]
    public void Gather() => _ranks.Run(rank =>
    {
        DistributedFunctions.Gather(rank.Rows, rank.Group).sum().backward();
        rank.Rows.grad = null;
    });

    [Benchmark(Baseline = true, Description = "plain"), BenchmarkCategory(Normalisation)]
    public void Plain() => _ranks.Run(rank => rank.Normalise(rank.Plain));

    [Benchmark(Description = "synchronised"), BenchmarkCategory(Normalisation)]
    public void Synchronised() => _ranks.Run(rank => rank.Normalise(rank.Synchronised));

    /// <summary>What one rank works on.</summary>
    private sealed class Rank
    {
        private readonly Tensor _images = randn(64, 64, 32, 32).contiguous(memory_format.channels_last).requires_grad_();
        private readonly Tensor _gradient = randn(64, 64, 32, 32).contiguous(memory_format.channels_last);

        public Rank(ProcessGroup group)
        {
            Group = group;
            var weights = Enumerable.Range(0, 5).Select(_ => new Parameter(zeros(512, 512, 3, 3))).ToList();
            weights.ForEach(weight => weight.grad = zeros_like(weight));
            Reducer = new GradientReducer(weights, group);
            SynchronizedBatchNorm.Enable(Synchronised, group);
        }

        public ProcessGroup Group { get; }

        public GradientReducer Reducer { get; }

        public Tensor Small { get; } = zeros(16);

        public Tensor Rows { get; } = randn(128, 128).requires_grad_();

        public BatchNorm2d Plain { get; } = BatchNorm2d(64);

        public BatchNorm2d Synchronised { get; } = BatchNorm2d(64);

        public void Normalise(BatchNorm2d norm)
        {
            torch.autograd.backward([norm.call(_images)], [_gradient]);
            (_images.grad, norm.weight.grad, norm.bias!.grad) = (null, null, null);
        }
    }

    /// <summary>The ranks; each call of <see cref="Run"/> lets all do the same and returns when all have.</summary>
    private sealed class RankThreads : IDisposable
    {
        private readonly Barrier _gate;
        private readonly List<Thread> _threads;
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parallax-ranks-");
        private Action<Rank>? _work;

        public RankThreads(int size)
        {
            _gate = new Barrier(size + 1);
            _threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() => Follow(rank, size)))];
            _threads.ForEach(thread => thread.Start());
        }

        public void Run(Action<Rank>? work)
        {
            _work = work;
            _gate.SignalAndWait();
            _gate.SignalAndWait();
        }

        public void Dispose()
        {
            Run(null);
            _threads.ForEach(thread => thread.Join());
            _gate.Dispose();
            _folder.Delete(recursive: true);
        }

        private void Follow(int rank, int size)
        {
            using var all = NewDisposeScope();
            using var group = ProcessGroup.Connect(new(rank, size) { StoreFile = Path.Combine(_folder.FullName, "store") });
            var own = new Rank(group);
            for (var running = true; running;)
            {
                _gate.SignalAndWait();
                using (NewDisposeScope())
                {
                    _work?.Invoke(own);
                }

                running = _work is not null;
                _gate.SignalAndWait();
            }
        }
    }
}
