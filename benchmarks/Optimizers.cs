using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Parallax.Contracts;
using Parallax.Plugins.Backbones;

namespace Parallax.Benchmarks;

/// <summary>How long does an optimizer step take over the 62 tensors, 11.2 million numbers, of ResNet-18? Baseline: the definition, one parameter after the
/// other.</summary>
[MemoryDiagnoser]
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
#pragma warning disable CA1001 // lives as long as the process
public class Optimizers
#pragma warning restore CA1001
{
    private const string SgdCase = "SGD", AdamWCase = "AdamW", LarsCase = "LARS", LambCase = "LAMB";
    private const double Rate = 1e-4, Decay = 1e-4;

    private ResNet18? _network;   // kept: a collected module takes its parameters along
    private Parameter[] _parameters = [];
    private PlainOptimizers _plain = null!;
    private FusedOptimizer _sgd = null!, _adamW = null!, _lars = null!, _sgdLists = null!, _adamWLists = null!, _larsLists = null!, _lamb = null!;
    private optim.Optimizer _sgdOfTorchSharp = null!, _adamWOfTorchSharp = null!;

    [GlobalSetup]
    public void Setup()
    {
        manual_seed(1);
        var data = new DatasetInfo("noise", DatasetSplit.Train, 1, [], 3, null, [0.5, 0.5, 0.5], [0.25, 0.25, 0.25], "00000000", "embedded");
        _network = new ResNet18(new() { Stem = Stem.Cifar }, new(data, 32, BatchSize: 1, StepsPerEpoch: 1, Epochs: 1, Seed: 1));
        _parameters = [.. _network.parameters()];
        foreach (var parameter in _parameters)
        {
            parameter.grad = randn_like(parameter).detach();
        }

        _lamb = new Lamb(_parameters, new() { LearningRate = Rate, WeightDecay = Decay });
        _plain = new PlainOptimizers(_parameters, Rate, Decay);
        (_sgd, _sgdLists) = (Sgd(), Sgd());
        (_adamW, _adamWLists) = (AdamW(), AdamW());
        (_lars, _larsLists) = (Lars(), Lars());
        _sgdOfTorchSharp = optim.SGD(_parameters, Rate, momentum: 0.9, weight_decay: Decay);
        _adamWOfTorchSharp = optim.AdamW(_parameters, Rate, weight_decay: Decay);
        _sgdLists.PreferTensorLists = _adamWLists.PreferTensorLists = _larsLists.PreferTensorLists = true;
    }

    [Benchmark(Baseline = true), BenchmarkCategory(SgdCase)]
    public void SgdLoop() => _plain.Sgd();

    [Benchmark, BenchmarkCategory(SgdCase)]
    public void SgdOfTorchSharp() => _sgdOfTorchSharp.step();

    [Benchmark, BenchmarkCategory(SgdCase)]
    public void SgdTensorLists() => _sgdLists.step();

    [Benchmark, BenchmarkCategory(SgdCase)]
    public void SgdOnePass() => _sgd.step();

    [Benchmark(Baseline = true), BenchmarkCategory(AdamWCase)]
    public void AdamWLoop() => _plain.AdamW();

    [Benchmark, BenchmarkCategory(AdamWCase)]
    public void AdamWOfTorchSharp() => _adamWOfTorchSharp.step();

    [Benchmark, BenchmarkCategory(AdamWCase)]
    public void AdamWTensorLists() => _adamWLists.step();

    [Benchmark, BenchmarkCategory(AdamWCase)]
    public void AdamWOnePass() => _adamW.step();

    [Benchmark(Baseline = true), BenchmarkCategory(LarsCase)]
    public void LarsLoop() => _plain.Lars();

    [Benchmark, BenchmarkCategory(LarsCase)]
    public void LarsTensorLists() => _larsLists.step();

    [Benchmark, BenchmarkCategory(LarsCase)]
    public void LarsOnePass() => _lars.step();

    [Benchmark, BenchmarkCategory(LambCase)]
    public void LambOnePass() => _lamb.step();

    private FusedSgd Sgd() => new(_parameters, new() { LearningRate = Rate, Momentum = 0.9, WeightDecay = Decay });

    private FusedAdamW AdamW() => new(_parameters, new() { LearningRate = Rate, WeightDecay = Decay });

    private Lars Lars() => new(_parameters, new() { LearningRate = Rate, Momentum = 0.9, WeightDecay = Decay });
}
