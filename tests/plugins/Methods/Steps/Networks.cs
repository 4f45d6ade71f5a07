using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>The networks inside a method, by their names in checkpoints, and the comparison of its step with an equation.</summary>
internal sealed class Networks(Module method)
{
    private const double LossTolerance = 2e-5, GradientTolerance = 2e-4;

    private Dictionary<string, Tensor> _memories = Memories(method);

    /// <summary>A batch of four images that are neither the first nor in order: one view of random pixels per side, all different.</summary>
    public static Batch Batch(params int[] sides) => new(
        [.. sides.Select((side, view) => Tensors.Normal((ulong)(31 + view), TestRuns.BatchSize, 3, side, side))],
        tensor(new long[] { 7, 3, 30, 12 }), tensor(new long[] { 1, 0, -1, 1 }));

    /// <summary>Passes through the networks one after the other.</summary>
    public Tensor Run(Tensor images, params string[] names) => names.Aggregate(images, (x, name) => ((Module<Tensor, Tensor>)Part(name)).call(x));

    /// <summary>The same without gradients: what a target or momentum network says.</summary>
    public Tensor Constant(Tensor images, params string[] names)
    {
        using var noGradients = no_grad();

        return Run(images, names);
    }

    /// <summary>Views of one size pass together.</summary>
    public Tensor[] RunOnAll(Tensor[] views, params string[] names) => Run(cat(views, 0), names).chunk(views.Length, 0);

    public Module Part(string name) => method.named_modules().Single(part => part.name == name).module;

    /// <summary>A parameter or buffer.</summary>
    public Tensor State(string name) => method.state_dict()[name];

    public void Set(string name, Tensor values)
    {
        using var noGradients = no_grad();
        State(name).copy_(values);
        _memories = Memories(method);
    }

    /// <summary>Compares all that a step returns, and the gradient of its loss with respect to every parameter. Memories must be as before the step.</summary>
    public void AssertStep(ExpectedStep expected, StepOutput actual)
    {
        Assert.Equal(expected.Loss.item<double>(), actual.Loss.item<float>(), LossTolerance * Math.Max(1, Math.Abs(expected.Loss.item<double>())));
        AssertSame("embedding", expected.Embedding, actual.Embedding);
        AssertSame("positive", expected.Positive, actual.Positive);
        AssertSame("targets", expected.Targets, actual.Targets);
        Assert.Equal(expected.Reports.Select(report => report.Name), actual.Diagnostics.Select(diagnostic => diagnostic.Name));
        foreach (var (report, diagnostic) in expected.Reports.Zip(actual.Diagnostics))
        {
            AssertSame(report.Name, report.Value, diagnostic.Value);
        }

        foreach (var (name, values) in Memories(method))
        {
            Assert.True(values.eq(_memories[name]).all().item<bool>(), $"{name}: changed by the step itself");
        }

        AssertRemembered(expected.Remembered, actual.Remember);
        AssertGradients(expected, actual.Loss);
    }

    private void AssertRemembered((string Memory, Tensor Rows, Tensor? Tags)[] expected, IReadOnlyList<MemoryUpdate> actual)
    {
        Assert.Equal(expected.Length, actual.Count);
        foreach (var (wanted, got) in expected.Zip(actual))
        {
            Assert.Same(Part(wanted.Memory), got.Memory);
            Assert.False(got.Rows.requires_grad);
            Assert.Equal(got.Memory is Centre ? RowJoining.Averaged : RowJoining.Concatenated, got.Joining);
            AssertSame("rows for " + wanted.Memory, wanted.Rows, got.Rows);
            Assert.Equal(wanted.Tags is null ? [] : Tensors.Integers(wanted.Tags), got.Tags is null ? [] : Tensors.Integers(got.Tags));
        }
    }

    private void AssertGradients(ExpectedStep expected, Tensor loss)
    {
        var (wanted, got) = (Gradients(expected.Loss), Gradients(loss));
        // gradients that cancel are rounding only
        var floor = 0.05 * wanted.Values.Max(gradient => gradient is null ? 0 : gradient.abs().max().item<float>());
        foreach (var (name, parameter) in method.named_parameters())
        {
            var isConstant = !parameter.requires_grad || expected.Constants.Any(start => name.StartsWith(start, StringComparison.Ordinal));
            Assert.True(isConstant == (got[name] is null), $"{name}: {(isConstant ? "has a gradient and must be constant" : "has no gradient")}");
            if (got[name] is { } gradient)
            {
                var difference = (wanted[name]!.to(float64) - gradient.to(float64)).abs().max().item<double>();
                var scale = Math.Max(floor, wanted[name]!.abs().max().item<float>());
                Assert.True(difference <= GradientTolerance * scale, $"gradient of {name}: differs by {difference:G3} where the largest entry is {scale:G3}");
            }
        }
    }

    /// <summary>Copies of all buffers but the statistics of normalisations.</summary>
    private static Dictionary<string, Tensor> Memories(Module method) => method.named_buffers()
        .Where(named => !named.name.Contains("running_", StringComparison.Ordinal) && !named.name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
        .ToDictionary(named => named.name, named => named.buffer.clone());

    private Dictionary<string, Tensor?> Gradients(Tensor loss)
    {
        foreach (var parameter in method.parameters())
        {
            parameter.grad = null;
        }

        loss.backward();

        return method.named_parameters().ToDictionary(named => named.name, named => named.parameter.grad?.clone());
    }

    private static void AssertSame(string what, Tensor? expected, Tensor? actual)
    {
        Assert.True(expected is null == actual is null, $"{what}: {(expected is null ? "expected none" : "missing")}");
        if (expected is not null)
        {
            Assert.Equal(expected.shape, actual!.shape);
            var difference = (expected.to(float64) - actual.to(float64)).abs().max().item<double>();
            Assert.True(difference <= 1e-4, $"{what}: differs by {difference:G3}");
        }
    }
}
