namespace Parallax.Host.Distributed;

/// <summary>Ends work that all processes do alike, when one of them is asked to stop. Each sees its own request at another moment: whoever leaves the work
/// tells the others at the next point where all agree, and they leave it too.</summary>
/// <param name="world">All processes.</param>
/// <param name="stop">The request to this one.</param>
internal sealed class AgreedStop(World world, CancellationToken stop)
{
    private bool _isAgreed;

    /// <summary>The request to this process: the work may throw for it anywhere.</summary>
    public CancellationToken Token => stop;

    /// <summary>Does the work.</summary>
    /// <returns>Whether any process left it before its end.</returns>
    public bool Run(Action work)
    {
        var isLeft = false;
        try
        {
            work();
        }
        catch (OperationCanceledException) when (_isAgreed || stop.IsCancellationRequested)
        {
            isLeft = true;
        }

        return _isAgreed || world.Any(isLeft);
    }

    /// <summary>Within the work, before an exchange that needs all processes.</summary>
    /// <exception cref="OperationCanceledException">One of them was asked to stop.</exception>
    public void Agree()
    {
        _isAgreed = world.Any(stop.IsCancellationRequested);
        if (_isAgreed)
        {
            throw new OperationCanceledException(stop);
        }
    }
}
