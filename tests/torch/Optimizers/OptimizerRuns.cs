namespace Parallax.Torch.Tests.Optimizers;

/// <summary>Parameters of many shapes and memory orders, and steps with fixed gradients.</summary>
internal static class OptimizerRuns
{
    /// <summary>A matrix with a tail, a vector, an image filter in channels_last, a scalar, a single element, all zeros.</summary>
    public static List<Parameter> Parameters(ScalarType type, ulong seed = 1)
    {
        using var generator = new torch.Generator(seed);
        return
        [
            new(torch.randn([13, 7], generator: generator).to(type)),
            new(torch.randn([9], generator: generator).to(type)),
            new(torch.randn([5, 3, 3, 4], generator: generator).permute(0, 3, 1, 2).to(type)),
            new(torch.tensor(0.7f).to(type)),
            new(torch.randn([1], generator: generator).to(type)),
            new(torch.zeros([6], dtype: type)),
        ];
    }

    /// <summary>Normal numbers that depend on the seed alone: the global generator belongs to all tests that run at once.</summary>
    public static Tensor Random(ulong seed, params long[] shape)
    {
        using var generator = new torch.Generator(seed);
        return torch.randn(shape, generator: generator);
    }

    public static void Steps(optim.Optimizer optimizer, IReadOnlyList<Parameter> parameters, int count, int from = 0)
    {
        for (var step = from; step < from + count; step++)
        {
            using var generator = new torch.Generator((ulong)(100 + step));
            foreach (var parameter in parameters)
            {
                parameter.grad = torch.randn(parameter.shape, generator: generator).to(parameter.dtype);
            }

            foreach (var group in optimizer.ParamGroups)
            {
                group.LearningRate = group.InitialLearningRate * (1 + (0.1 * step));
            }

            optimizer.step();
        }
    }

    public static float[] Values(Tensor tensor) => tensor.detach().to(torch.float32).contiguous().data<float>().ToArray();
}
