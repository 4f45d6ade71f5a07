namespace Parallax.Contracts;

/// <summary>States that accumulating k micro-batches of B/k differs from one batch of B by more than rounding, and why. Without it, they must agree.</summary>
public interface IBatchCoupled
{
    /// <summary>The reason, for the docs: for example "every image of the batch is a negative of every other". Empty where the method's options let them
    /// agree.</summary>
    string BatchCoupling { get; }
}
