namespace Parallax.Torch;

/// <summary>Keeps a loss in float32 while the step around it runs in mixed precision.</summary>
public static class Precision
{
    /// <summary>
    /// Until the result is disposed, operators on this thread keep the type of their inputs. Mixed precision would otherwise run the matrix products
    /// of a loss in 8 or 11 significant bits even on float32 inputs. Cast the inputs yourself: <c>z.to(float32)</c>.
    /// </summary>
    /// <returns>A guard; dispose it on the same thread, in reverse order of creation.</returns>
    public static IDisposable Float32() => Autocast.Disabled();
}
