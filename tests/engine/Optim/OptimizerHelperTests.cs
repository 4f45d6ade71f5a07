namespace Parallax.Engine.Tests.Optim;

public sealed class OptimizerHelperTests
{
    [Theory]
    [MemberData(nameof(OptimizerSetups.Names), MemberType = typeof(OptimizerSetups))]
    public void Step_OnePassAgainstTensorOperators_Agree(string name)
    {
        foreach (var type in new[] { torch.ScalarType.Float32, torch.ScalarType.Float64, torch.ScalarType.BFloat16, torch.ScalarType.Float16 })
        {
            var (fused, plain) = (OptimizerRuns.Parameters(type), OptimizerRuns.Parameters(type));
            using var fusedOptimizer = OptimizerSetups.All[name](fused);
            using var plainOptimizer = OptimizerSetups.All[name](plain);
            plainOptimizer.PreferTensorLists = true;

            OptimizerRuns.Steps(fusedOptimizer, fused, 5);
            OptimizerRuns.Steps(plainOptimizer, plain, 5);

            for (var i = 0; i < fused.Count; i++)
            {
                var half = type is torch.ScalarType.BFloat16 or torch.ScalarType.Float16;   // the last bit may be rounded the other way
                Assert.True(fused[i].allclose(plain[i], rtol: half ? 0.02 : 1e-5, atol: half ? 0.005 : 1e-6), $"{name}, {type}, parameter {i}: {(fused[i] - plain[i]).abs().max().item<float>()}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(OptimizerSetups.Names), MemberType = typeof(OptimizerSetups))]
    public void Step_BFloat16Parameters_FollowFloat32(string name)
    {
        var (half, full) = (OptimizerRuns.Parameters(torch.ScalarType.BFloat16), OptimizerRuns.Parameters(torch.ScalarType.BFloat16).ConvertAll(p => new Parameter(p.detach().to(torch.float32))));
        using var halfOptimizer = OptimizerSetups.All[name](half);
        using var fullOptimizer = OptimizerSetups.All[name](full);

        OptimizerRuns.Steps(halfOptimizer, half, 1);
        OptimizerRuns.Steps(fullOptimizer, full, 1);

        for (var i = 0; i < half.Count; i++)
        {
            Assert.Equal(torch.ScalarType.BFloat16, half[i].dtype);
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
        var (uninterrupted, resumed) = (OptimizerRuns.Parameters(torch.ScalarType.Float32), OptimizerRuns.Parameters(torch.ScalarType.Float32, seed: 9));
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
        var parameters = OptimizerRuns.Parameters(torch.ScalarType.Float32);
        using var optimizer = torch.optim.SGD(parameters, 0.1, momentum: 0.9);

        var error = Assert.Throws<InvalidDataException>(() => OptimizerCheckpoint.Load(optimizer, Named(parameters), new Dictionary<string, Tensor>()));

        Assert.Contains("p0/steps", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadStateDict_OtherOptimizer_CopiesBuffersAndSettings()
    {
        var (a, b) = (OptimizerRuns.Parameters(torch.ScalarType.Float32), OptimizerRuns.Parameters(torch.ScalarType.Float32));
        using var first = torch.optim.SGD(a, 0.1, momentum: 0.9);
        using var second = torch.optim.SGD(b, 0.5, momentum: 0.5);
        OptimizerRuns.Steps(first, a, 2);

        second.load_state_dict(first.state_dict());

        Assert.Equal(0.9, second.state_dict().Options.OfType<SGD.Options>().Single().momentum);
        Assert.Equal(OptimizerRuns.Values(first.state_dict().State[0].Tensors[0]!), OptimizerRuns.Values(second.state_dict().State[0].Tensors[0]!));
        Assert.NotSame(first.state_dict().State[0].Tensors[0], second.state_dict().State[0].Tensors[0]);
    }

    [Fact]
    public void Step_FrozenGroup_NeitherMovesNorCollectsMomentum()
    {
        var parameters = OptimizerRuns.Parameters(torch.ScalarType.Float32);
        var before = OptimizerRuns.Values(parameters[0]);
        using var optimizer = torch.optim.SGD(parameters, 0.1, momentum: 0.9, weight_decay: 0.1);
        optimizer.Groups[0].Frozen = true;

        OptimizerRuns.Steps(optimizer, parameters, 2);

        Assert.Equal(before, OptimizerRuns.Values(parameters[0]));
        Assert.Null(optimizer.state_dict().State[0].Tensors[0]);
    }

    [Fact]
    public void Step_ParameterWithoutGradient_Rests()
    {
        var parameters = OptimizerRuns.Parameters(torch.ScalarType.Float32);
        var before = OptimizerRuns.Values(parameters[1]);
        using var optimizer = torch.optim.AdamW(parameters, 0.1, weight_decay: 0.5);
        parameters[0].grad = torch.ones_like(parameters[0]);

        optimizer.step();

        Assert.Equal(before, OptimizerRuns.Values(parameters[1]));
    }

    [Fact]
    public void ZeroGrad_AfterBackward_KeepsGradientsAsZeros()
    {
        var parameter = new Parameter(torch.ones([3]));
        using var optimizer = torch.optim.SGD([parameter], 0.1);
        (parameter * 2).sum().backward();

        optimizer.zero_grad();

        Assert.Equal([0f, 0f, 0f], OptimizerRuns.Values(parameter.grad!));
    }

    [Fact]
    public void AddParamGroup_SameParameterTwice_Throws()
    {
        var parameter = new Parameter(torch.ones([3]));
        using var optimizer = torch.optim.SGD([parameter], 0.1);

        Assert.Throws<ArgumentException>(() => optimizer.add_param_group(new SGD.ParamGroup([parameter])));
    }

    [Fact]
    public void Constructor_LearningRateInTheGroup_BeatsTheDefault()
    {
        using var optimizer = new Lars([new ParamGroup<LarsOptions>([new Parameter(torch.ones([3]))], new() { LearningRate = 0.5 })], new() { LearningRate = 2 });

        Assert.Equal(0.5, optimizer.Groups[0].InitialLearningRate);
    }

    [Fact]
    public void Step_Closure_ReturnsItsLoss()
    {
        var parameter = new Parameter(torch.ones([2]));
        using var optimizer = torch.optim.SGD([parameter], 0.5);

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
