namespace Parallax.Host.Evaluation;

/// <summary>Keeps protocols that take one class of each image away from images that show several.</summary>
internal static class SeveralClasses
{
    /// <summary>Why a protocol cannot measure on such images.</summary>
    /// <param name="asked">The protocol and its options, as far as they tell what they need.</param>
    /// <param name="splits">What it would measure on.</param>
    public static IEnumerable<string> Faults(IEnumerable<IEvaluationRequirements> asked, params DatasetInfo[] splits) =>
        asked.Any(requirements => requirements.TakesSeveralClasses) ? [] : splits.Where(split => split.IsMultiLabel).Take(1)
            .Select(split => $"The images of '{split.Location}' show several classes each, and it takes one class of each image. Take a protocol whose summary "
                + "says that it takes several ('parallax list protocols'), or data with class folders.");
}
