using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Parallax.Benchmarks;

// In this process: the benchmarks load native libraries that a generated project would not find. Training steps on few cores take minutes, not the default five.
var config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(new InProcessEmitToolchain(TimeSpan.FromHours(1), logOutput: true)).AsDefault());

BenchmarkSwitcher.FromAssembly(typeof(Augmentations).Assembly).Run(args, config);
