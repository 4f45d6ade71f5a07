namespace Parallax.Torch;

/// <summary>Processes could not find each other, or a collective failed, mostly because another process ended.</summary>
public sealed class ProcessGroupException : Exception
{
    internal ProcessGroupException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
