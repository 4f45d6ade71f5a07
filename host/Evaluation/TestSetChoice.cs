namespace Parallax.Host.Evaluation;

/// <summary>Sees to it that a number which the test images chose says so.</summary>
internal static class TestSetChoice
{
    /// <summary>What there is to say of a protocol before it measures.</summary>
    public static IEnumerable<string> Notes(object evaluator) => evaluator is ITestSetChoice { ChoosesOnTest: true }
        ? ["Its options let it choose by the test images: the number is better than it is, and the tables say so."]
        : [];

    /// <summary>The result, marked when the protocol was allowed to choose by the test images.</summary>
    /// <exception cref="InvalidOperationException">It chose by them without an option that allows it.</exception>
    public static EvaluationResult Checked(object evaluator, EvaluationResult result) => (evaluator, result.ChosenBy) switch
    {
        (ITestSetChoice { ChoosesOnTest: true }, _) => result with { ChosenBy = NumberChoice.TestSet },
        (_, NumberChoice.TestSet) => throw new InvalidOperationException(
            $"It chose by the test images, and no option of it asked for that. A protocol that can do so implements {nameof(ITestSetChoice)}."),
        _ => result,
    };
}
