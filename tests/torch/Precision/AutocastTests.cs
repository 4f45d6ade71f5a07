namespace Parallax.Torch.Tests.Precision;

public sealed class AutocastTests
{
    [Fact]
    public void Enter_MatrixProduct_RunsInBFloat16()
    {
        var (a, b) = (torch.randn([4, 8]), torch.randn([8, 3]));

        using (Autocast.Enter(torch.CPU, torch.bfloat16))
        {
            Assert.Equal(ScalarType.BFloat16, a.matmul(b).dtype);
        }

        Assert.Equal(ScalarType.Float32, a.matmul(b).dtype);
    }

    [Fact]
    public void Disabled_InsideARegion_KeepsFloat32ToTheBit()
    {
        var (a, b) = (torch.randn([4, 8]), torch.randn([8, 3]));
        var expected = a.matmul(b);

        using var region = Autocast.Enter(torch.CPU, torch.bfloat16);
        using (Autocast.Disabled())
        {
            var product = a.matmul(b);
            Assert.Equal(ScalarType.Float32, product.dtype);
            Assert.Equal(expected.data<float>().ToArray(), product.data<float>().ToArray());
        }

        Assert.Equal(ScalarType.BFloat16, a.matmul(b).dtype);
    }

    [Fact]
    public void Disabled_WithoutARegion_IsOneSharedObject() => Assert.Same(Autocast.Disabled(), Autocast.Disabled());

    [Fact]
    public void Enter_OnAnotherThread_IsNotFelt()
    {
        using var region = Autocast.Enter(torch.CPU, torch.bfloat16);
        var elsewhere = true;
        var thread = new Thread(() => elsewhere = AutocastState.IsEnabled(DeviceType.CPU));

        thread.Start();
        thread.Join();

        Assert.True(AutocastState.IsEnabled(DeviceType.CPU));
        Assert.False(elsewhere);
    }

    [Theory]
    [InlineData("matmul")]
    [InlineData("linear")]
    [InlineData("conv")]
    public void Enter_PassWithoutGradientsFirst_DoesNotLoseGradients(string operation)
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(operation == "conv" ? randn(8, 8, 1, 1) : randn(8, 8));
        var input = operation == "conv" ? randn(4, 8, 1, 1) : randn(4, 8);
        Tensor Call() => operation switch { "matmul" => input.matmul(weight), "linear" => F.linear(input, weight), _ => F.conv2d(input, weight) };

        using (Autocast.Enter(CPU, bfloat16))
        {
            using (no_grad())
            {
                Call();
            }

            Call().to(float32).sum().backward();
        }

        Assert.NotNull(weight.grad);
        Assert.Equal(ScalarType.Float32, weight.grad.dtype);
        Assert.Equal(8 * input.sum().item<float>(), weight.grad.sum().item<float>(), 0.5f);
    }

    [Fact]
    public void Enter_Nested_OuterGoesOnAfterTheInner()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (ones(2, 2), ones(2, 2));
        using var outer = Autocast.Enter(CPU, bfloat16);

        using (Autocast.Disabled())
        {
            using (Autocast.Enter(CPU, bfloat16))
            {
                Assert.Equal(ScalarType.BFloat16, a.matmul(b).dtype);
            }

            Assert.Equal(ScalarType.Float32, a.matmul(b).dtype);
            Assert.False(AutocastState.IsEnabled(DeviceType.CPU));
        }

        Assert.Equal(ScalarType.BFloat16, a.matmul(b).dtype);
    }

    [Fact]
    public void Enter_OptimizerStepInsideTheRegion_UsesTheNewWeights()
    {
        var weight = new Parameter(torch.ones([2, 2]));
        var input = torch.ones([1, 2]);
        using var optimizer = new FusedSgd([weight], new() { LearningRate = 1 });

        using var region = Autocast.Enter(torch.CPU, torch.bfloat16);
        input.matmul(weight).sum().backward();
        optimizer.step();   // 1 - 1 * 1 = 0

        Assert.Equal(0f, input.matmul(weight).to(torch.float32).abs().sum().item<float>());
    }

    [Fact]
    public void Enter_MomentumUpdateInsideTheRegion_UsesTheNewWeights()
    {
        var (target, online) = (new Parameter(torch.ones([2, 2])), new Parameter(torch.zeros([2, 2])));
        var input = torch.ones([1, 2]);

        using var region = Autocast.Enter(torch.CPU, torch.bfloat16);
        _ = input.matmul(target);
        new MomentumUpdater([target], [online]).Update(0);

        Assert.Equal(0f, input.matmul(target).to(torch.float32).abs().sum().item<float>());
    }

    [Fact]
    public void Enter_LayerNorm_AcceptsBFloat16Activations()
    {
        var input = torch.randn([4, 8], requires_grad: true);
        var weight = torch.randn([8, 8]);

        using var region = Autocast.Enter(torch.CPU, torch.bfloat16);
        var output = F.layer_norm(input.matmul(weight), [8], torch.ones([8]), torch.zeros([8]));
        output.to(torch.float32).square().sum().backward();

        Assert.True(input.grad!.isfinite().all().item<bool>());
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Float32)]
    public void Enter_TypeThatTheCpuLacks_Throws(ScalarType type) =>
        Assert.Throws<ArgumentException>(() => Autocast.Enter(torch.CPU, type));

    [Fact]
    public void Dispose_OutOfOrder_Throws()
    {
        var outer = Autocast.Enter(torch.CPU, torch.bfloat16);
        var inner = Autocast.Enter(torch.CPU, torch.bfloat16);

        Assert.Throws<InvalidOperationException>(outer.Dispose);

        inner.Dispose();
        outer.Dispose();
    }
}
