using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Parallax.Benchmarks;
using Parallax.Benchmarks.Gate;
using Perfolizer.Horology;

if (args is [MeasuringProgram.Command])
{
    return MeasuringProgram.Run();
}

if (GateHelp.IsWanted(args))
{
    Console.WriteLine(GateHelp.Text);

    return 0;
}

if (GateOptions.IsFor(args))
{
    return GateProgram.Run(args);
}

_ = TorchLibrary.Current;   // before any benchmark uses TorchSharp
if (args is ["collectives"])
{
    return Collectives.Run();
}

if (args is ["step", ..])
{
    return StepClock.Run(args[1..]);
}

if (args is ["losses", ..])
{
    return LossClock.Run(args[1..]);
}

if (args is ["clustering", ..])
{
    return ClusteringClock.Run(args[1..]);
}

if (args is ["input", ..])
{
    return InputClock.Run(args[1..]);
}

if (args is ["videos", ..])
{
    return VideoClock.Run(args[1..]);
}

// In this process: the benchmarks load native libraries that a generated project would not find. Training steps on few cores take longer than the default five
// minutes.
var job = Job.Default
    .WithToolchain(new InProcessEmitToolchain(TimeSpan.FromHours(1), logOutput: true))
    .WithWarmupCount(3).WithIterationCount(10).WithIterationTime(TimeInterval.FromMilliseconds(200));

BenchmarkSwitcher.FromAssembly(typeof(Augmentations).Assembly).Run(args, DefaultConfig.Instance.AddJob(job.AsDefault()));

return 0;
