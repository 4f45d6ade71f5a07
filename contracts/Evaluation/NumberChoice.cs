namespace Parallax.Contracts;

/// <summary>By which images a protocol chose what its number depends on, such as a learning rate, a cost or an epoch.</summary>
public enum NumberChoice
{
    /// <summary>Nothing was chosen, and nothing was trained in epochs.</summary>
    Nothing,

    /// <summary>Nothing was chosen: the number is that of the last epoch.</summary>
    LastEpoch,

    /// <summary>Training images that were held out once.</summary>
    HeldOut,

    /// <summary>Training images, by cross-validation.</summary>
    CrossValidation,

    /// <summary>The test images, which makes the number better than it is. The host takes such a number only from an <see cref="ITestSetChoice"/> that says
    /// so.</summary>
    TestSet,
}
