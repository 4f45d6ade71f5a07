namespace Parallax.Contracts;

/// <summary>One process: nothing to exchange.</summary>
public sealed class SingleProcess : IProcesses
{
    /// <summary>The only instance.</summary>
    public static SingleProcess Instance { get; } = new();

    private SingleProcess()
    {
    }

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public Tensor Gather(Tensor rows) => rows;

    /// <inheritdoc/>
    public Tensor Mean(Tensor value) => value;

    /// <inheritdoc/>
    public Tensor Own(Tensor rows) => rows;
}
