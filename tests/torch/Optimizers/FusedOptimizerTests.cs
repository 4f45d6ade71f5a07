namespace Parallax.Torch.Tests.Optimizers;

public sealed class FusedOptimizerTests
{
    [Theory]
    [MemberData(nameof(OptimizerSetups.Names), MemberType = typeof(OptimizerSetups))]
    public void Step_OnePassAgainstTensorOperators_Agree(string name)
    {
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16, ScalarType.Float16 })
        {
            var (fused, plain) = (OptimizerRuns.Parameters(type), OptimizerRuns.Parameters(type));
            using var fusedOptimizer = OptimizerSetups.All[name](fused);
            using var plainOptimizer = OptimizerSetups.All[name](plain);
            plainOptimizer.PreferTensorLists = true;

            OptimizerRuns.Steps(fusedOptimizer, fused, 5);
            OptimizerRuns.Steps(plainOptimizer, plain, 5);

            for (var i = 0; i < fused.Count; i++)
            {
                var half = type is ScalarType.BFloat16 or ScalarType.Float16;   // the last bit may be rounded the other way
                Assert.True(fused[i].allclose(plain[i], rtol: half ? 0.02 : 1e-5, atol: half ? 0.005 : 1e-6), $"{name}, {type}, parameter {i}: "
                    + $"{(fused[i] - plain[i]).abs().max().to(torch.float32).item<float>()}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(OptimizerSetups.Names), MemberType = typeof(OptimizerSetups))]
    public void Step_BFloat16Parameters_FollowFloat32(string name)
    {
        var (half, full) = (OptimizerRuns.Parameters(ScalarType.BFloat16), OptimizerRuns.Parameters(ScalarType.BFloat16)
            .ConvertAll(p => new Parameter(p.detach().to(torch.float32))));
        using var halfOptimizer = OptimizerSetups.All[name](half);
        using var fullOptimizer = OptimizerSetups.All[name](full);

        OptimizerRuns.Steps(halfOptimizer, half, 1);
        OptimizerRuns.Steps(fullOptimizer, full, 1);

        for (var i = 0; i < half.Count; i++)
        {
            Assert.Equal(ScalarType.BFloat16, half[i].dtype);
            Assert.True(half[i].to(torch.float32).allclose(full[i], rtol: 0.02, atol: 0.005), $"{name}, parameter {i}");
        }
    }

    [Theory]
    [MemberData(nameof(OptimizerSetups.Names), MemberType = typeof(OptimizerSetups))]
    public void Step_ViewWithGaps_MovesLikeACopy(string name)
    {
        var wide = OptimizerRuns.Random(3, 6, 10);
        var view = new Parameter(wide[.., ..5]);
        var copy = new Parameter(wide[.., ..5].contiguous().clone());
        using var viewOptimizer = OptimizerSetups.All[name]([view]);
        using var copyOptimizer = OptimizerSetups.All[name]([copy]);

        OptimizerRuns.Steps(viewOptimizer, [view], 3);
        OptimizerRuns.Steps(copyOptimizer, [copy], 3);

        Assert.False(view.is_contiguous());
        Assert.Equal(OptimizerRuns.Values(copy), OptimizerRuns.Values(view));
    }

    [Theory]
    [MemberData(nameof(OptimizerSetups.Names), MemberType = typeof(OptimizerSetups))]
    public void Load_SavedState_ContinuesToTheBit(string name)
    {
        var (uninterrupted, resumed) = (OptimizerRuns.Parameters(ScalarType.Float32), OptimizerRuns.Parameters(ScalarType.Float32, seed: 9));
        using var first = OptimizerSetups.All[name](uninterrupted);
        using var second = OptimizerSetups.All[name](resumed);
        OptimizerRuns.Steps(first, uninterrupted, 3);
        var saved = OptimizerCheckpoint.Save(first, Named(uninterrupted)).ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        using (torch.no_grad())
        {
            for (var i = 0; i < resumed.Count; i++)
            {
                resumed[i].copy_(uninterrupted[i]);
            }
        }

        OptimizerCheckpoint.Load(second, Named(resumed), saved);
        OptimizerRuns.Steps(first, uninterrupted, 3, from: 3);
        OptimizerRuns.Steps(second, resumed, 3, from: 3);

        for (var i = 0; i < resumed.Count; i++)
        {
            Assert.Equal(OptimizerRuns.Values(uninterrupted[i]), OptimizerRuns.Values(resumed[i]));
        }
    }

    [Fact]
    public void Load_StateOfAnotherModel_NamesWhatIsMissing()
    {
        var parameters = OptimizerRuns.Parameters(ScalarType.Float32);
        using var optimizer = new FusedSgd(parameters, new() { LearningRate = 0.1, Momentum = 0.9 });

        var error = Assert.Throws<InvalidDataException>(() => OptimizerCheckpoint.Load(optimizer, Named(parameters), new Dictionary<string, Tensor>()));

        Assert.Contains("p0/steps", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sgd-momentum", "p0/momentum_buffer")]
    [InlineData("lars", "p0/momentum_buffer")]
    [InlineData("adam-amsgrad", "p0/exp_avg", "p0/exp_avg_sq", "p0/max_exp_avg_sq")]
    [InlineData("adamw", "p0/exp_avg", "p0/exp_avg_sq")]
    [InlineData("lamb", "p0/exp_avg", "p0/exp_avg_sq")]
    public void Save_AfterAStep_HasTheNamesOfOldCheckpoints(string name, params string[] buffers)
    {
        var parameters = OptimizerRuns.Parameters(ScalarType.Float32);
        using var optimizer = OptimizerSetups.All[name](parameters);
        OptimizerRuns.Steps(optimizer, parameters, 1);

        var saved = OptimizerCheckpoint.Save(optimizer, Named(parameters));

        Assert.Equal([.. buffers, "p0/steps"], saved.Keys.Where(key => key.StartsWith("p0/", StringComparison.Ordinal)).Order());
        Assert.Equal(1, saved["p0/steps"].item<long>());
    }

    [Fact]
    public void Step_FrozenGroup_NeitherMovesNorCollectsMomentum()
    {
        var parameters = OptimizerRuns.Parameters(ScalarType.Float32);
        var before = OptimizerRuns.Values(parameters[0]);
        using var optimizer = new FusedSgd(parameters, new() { LearningRate = 0.1, Momentum = 0.9, WeightDecay = 0.1 });
        optimizer.Groups[0].Frozen = true;

        OptimizerRuns.Steps(optimizer, parameters, 2);

        Assert.Equal(before, OptimizerRuns.Values(parameters[0]));
        Assert.DoesNotContain("p0/momentum_buffer", OptimizerCheckpoint.Save(optimizer, Named(parameters)).Keys);
    }

    [Fact]
    public void Step_ParameterWithoutGradient_Rests()
    {
        var parameters = OptimizerRuns.Parameters(ScalarType.Float32);
        var before = OptimizerRuns.Values(parameters[1]);
        using var optimizer = new FusedAdamW(parameters, new() { LearningRate = 0.1, WeightDecay = 0.5 });
        parameters[0].grad = torch.ones_like(parameters[0]);

        optimizer.step();

        Assert.Equal(before, OptimizerRuns.Values(parameters[1]));
    }

    [Fact]
    public void ZeroGrad_AfterBackward_KeepsGradientsAsZeros()
    {
        var parameter = new Parameter(torch.ones([3]));
        using var optimizer = new FusedSgd([parameter], new() { LearningRate = 0.1 });
        (parameter * 2).sum().backward();

        optimizer.zero_grad();

        Assert.Equal([0f, 0f, 0f], OptimizerRuns.Values(parameter.grad!));
    }

    [Fact]
    public void Constructor_ParameterInTwoGroups_Throws()
    {
        var parameter = new Parameter(torch.ones([3]));

        Assert.Throws<ArgumentException>(() => new FusedSgd([new([parameter], new()), new([parameter], new())]));
    }

    [Fact]
    public void Constructor_NesterovWithoutMomentum_Throws() =>
        Assert.Throws<ArgumentException>(() => new FusedSgd([new Parameter(torch.ones([3]))], new() { Nesterov = true }));

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Constructor_BetaOutsideItsRange_Throws(double beta) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new FusedAdamW([new Parameter(torch.ones([3]))], new() { Beta2 = beta }));

    [Fact]
    public void Step_GroupsWithOwnDecay_ShrinkByTheirs()
    {
        var (a, b) = (new Parameter(torch.ones([1])), new Parameter(torch.ones([1])));
        using var optimizer = new FusedSgd([new([a], new() { LearningRate = 0.5, WeightDecay = 0.5 }), new([b], new() { LearningRate = 0.5 })]);
        (a.grad, b.grad) = (torch.zeros([1]), torch.zeros([1]));

        optimizer.step();                          // a: 1 - 0.5 * 0.5
        optimizer.Groups[1].WeightDecay = 1;
        optimizer.step();                          // a: 0.75 * 0.75; b: 1 - 0.5 * 1

        Assert.Equal(0.5625f, a.item<float>());
        Assert.Equal(0.5f, b.item<float>());
    }

    [Fact]
    public void ParamGroups_SchedulerOfTorchSharp_SetsTheRates()
    {
        using var optimizer = new FusedSgd([new Parameter(torch.ones([1]))], new() { LearningRate = 1 });
        var scheduler = optim.lr_scheduler.StepLR(optimizer, 2, gamma: 0.5);
        var rates = new List<double>();

        for (var epoch = 0; epoch < 5; epoch++)
        {
            rates.Add(optimizer.Groups[0].LearningRate);
            scheduler.step();
        }

        Assert.Equal([1, 1, 0.5, 0.5, 0.25], rates);
    }

    [Fact]
    public void Step_ParametersMovedToChannelsLast_BuffersFollow()
    {
        var (moved, stayed) = (new Parameter(OptimizerRuns.Random(7, 4, 3, 5, 5)), new Parameter(OptimizerRuns.Random(7, 4, 3, 5, 5)));
        using var first = new FusedAdamW([moved], new());
        using var second = new FusedAdamW([stayed], new());
        OptimizerRuns.Steps(first, [moved], 2);
        OptimizerRuns.Steps(second, [stayed], 2);

        using (torch.no_grad())
        {
            moved.set_(((Tensor)moved).ToChannelsLast());
        }

        OptimizerRuns.Steps(first, [moved], 2, from: 2);
        OptimizerRuns.Steps(second, [stayed], 2, from: 2);

        Assert.True(((Tensor)moved).IsChannelsLast());
        Assert.Equal(OptimizerRuns.Values(stayed), OptimizerRuns.Values(moved));
    }

    [Fact]
    public void Step_Closure_ReturnsItsLoss()
    {
        var parameter = new Parameter(torch.ones([2]));
        using var optimizer = new FusedSgd([parameter], new() { LearningRate = 0.5 });

        var loss = optimizer.step(() =>
        {
            var value = parameter.square().sum();
            value.backward();
            return value;
        });

        Assert.Equal(2f, loss!.item<float>());
        Assert.Equal([0f, 0f], OptimizerRuns.Values(parameter));   // 1 - 0.5 * 2
    }

    private static IEnumerable<(string name, Parameter parameter)> Named(IReadOnlyList<Parameter> parameters) =>
        parameters.Select((parameter, i) => ($"p{i}", parameter));
}
