using Parallax.Host.Verification;

namespace Parallax.Host.Tests.Verification;

[Collection(GeneratorCollection.Name)]
public sealed class CourseComparisonTests
{
    private static readonly Tolerance Little = new(0.0025);   // 0.01 of gradients together, 0.02 of one

    private static readonly IReadOnlyList<IReadOnlyList<HashedCall>> Calls =
        [[new("a", "A", 1, 2), new("b", "B", 2, 3)], [new("a", "A", 4, 5), new("b", "B", 5, 6)]];

    [Fact]
    public void FirstDifferentBits_OfTheSame_IsNull()
    {
        using var one = Course(1, Calls, 0.5, 0.25);
        using var other = Course(1, Calls, 0.5, 0.25);

        Assert.Null(Compare(one, other).FirstDifferentBits());
        Assert.Null(Compare(one, other).FirstDifferenceBeyond(Little));
    }

    [Fact]
    public void FirstDifferentBits_OutputOfAModule_NamesItAndTheStep()
    {
        using var one = Course(1, Calls, 0.5, 0.25);
        using var resumed = Course(1, [[new("a", "A", 4, 5), new("b", "B", 5, 7)]], 0.125);

        Assert.Equal("step 2: module 'b' (B) gives another output for the same input", Compare(one, resumed).FirstDifferentBits());
    }

    [Fact]
    public void FirstDifferentBits_InputOfAModule_NamesWhatGivesIt()
    {
        using var one = Course(1, Calls, 0.5, 0.25);
        using var resumed = Course(1, [[new("a", "A", 9, 5), new("b", "B", 5, 6)]], 0.25);

        Assert.StartsWith("step 2: module 'a' (A) is given something else: by the method itself (", Compare(one, resumed).FirstDifferentBits(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void FirstDifferentBits_LossAlone_IsOfTheMethodItself()
    {
        using var one = Course(1, Calls, 0.5, 0.25);
        using var other = Course(1, Calls, 0.5, 0.5);

        Assert.EndsWith("its modules gave the same outputs, and the loss is another", Compare(one, other).FirstDifferentBits(), StringComparison.Ordinal);
    }

    [Fact]
    public void FirstDifferentBits_StateAlone_NamesTheTensorAndItsModule()
    {
        using var one = Course(1, Calls, 0.5, 0.25);
        using var other = Course(1.5f, Calls, 0.5, 0.25);

        Assert.Equal("after the last step: 'method.layer.weight' in the state of module 'layer' (TorchSharp.Modules.Linear)",
            Compare(one, other).FirstDifferentBits());
    }

    [Fact]
    public void FirstDifferenceBeyond_StateThatMovedElsewhere_NamesTheModule()
    {
        using var one = Course(1, [], 0.5);
        using var near = Course(1.01f, [], 0.5);
        using var far = Course(1.5f, [], 0.5);

        Assert.Null(Compare(one, near).FirstDifferenceBeyond(Little));   // 1 % of the way that it was moved
        Assert.Equal("module 'layer' (TorchSharp.Modules.Linear): what training changed in 'layer.weight' is off by 0.5 of it",
            Compare(one, far).FirstDifferenceBeyond(Little));
    }

    [Theory]
    [InlineData(0.009, null)]
    [InlineData(0.015, "module 'layer' (TorchSharp.Modules.Linear), the gradient of 'layer.weight' is off by 0.0149 of it; all together by 0.015")]
    [InlineData(0.2, "module 'layer' (TorchSharp.Modules.Linear): the gradient of 'layer.weight' is off by 0.199 of it")]
    public void FirstDifferenceBeyond_Gradients_MayDifferByLessTogetherThanOneAlone(double off, string? expected)
    {
        using var one = Course(1, [], 0.5);
        using var other = Course(1, [], 0.5);
        other.Gradients["layer.weight"].mul_(1 + off);

        Assert.Equal(expected, Compare(one, other).FirstDifferenceBeyond(Little));
    }

    [Theory]
    [InlineData(0.2, 0.2001, true)]    // 0.0005 of it
    [InlineData(0.2, 0.2003, false)]   // 0.0015 of it
    [InlineData(0.2, double.NaN, false)]
    [InlineData(double.NaN, 0.2, false)]
    public void FirstDifferenceBeyond_Loss_MayDifferByAShareOfIt(double expected, double actual, bool holds)
    {
        using var one = Course(1, [], expected, 0.5);
        using var other = Course(1, [], actual, 0.5);

        var comparison = Compare(one, other);

        Assert.Equal(!holds, comparison.FirstDifferenceBeyond(Little)?.Contains("the loss is off by", StringComparison.Ordinal) ?? false);
        Assert.Equal(double.IsNaN(expected + actual), double.IsNaN(comparison.LossDifference));
    }

    [Fact]
    public void Save_ReadAgain_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        using var course = Course(1, [], 0.5, 0.25);

        course.Save(Path.Combine(folder.Path, "course"));
        using var read = Parallax.Host.Verification.Course.Load(Path.Combine(folder.Path, "course"));

        Assert.Equal(course.Losses, read.Losses);
        Assert.Null(Compare(course, read).FirstDifferentBits());
        Assert.Equal(course.Gradients.Keys, read.Gradients.Keys);
        Assert.Equal(course.Start.Keys, read.Start.Keys);
    }

    private static CourseComparison Compare(Course one, Course other) => new(one, other, Sequential(("layer", Linear(1, 1))));

    // A weight that goes from 0 to some place.
    private static Course Course(float state, IReadOnlyList<IReadOnlyList<HashedCall>> calls, params double[] losses) => new(
        losses, new Dictionary<string, Tensor> { ["layer.weight"] = torch.ones(1).DetachFromDisposeScope() },
        new Dictionary<string, Tensor> { ["layer.weight"] = torch.zeros(1).DetachFromDisposeScope() },
        new Dictionary<string, Tensor> { ["method.layer.weight"] = torch.tensor(new[] { state }).DetachFromDisposeScope() })
    {
        Calls = calls,
    };
}
