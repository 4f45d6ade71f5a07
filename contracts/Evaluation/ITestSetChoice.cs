namespace Parallax.Contracts;

/// <summary>
/// Declares that a protocol can choose what its number depends on by the test images, as some published ones do. The evaluator implements it, and an option
/// of its own, off by default, switches it on. Tables and tracking say so beside the number; before training there is a warning.
/// </summary>
public interface ITestSetChoice
{
    /// <summary>Whether the options ask for it.</summary>
    bool ChoosesOnTest { get; }
}
