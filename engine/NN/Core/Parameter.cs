namespace Parallax.Torch.Modules;

/// <summary>A tensor that a module trains.</summary>
public sealed class Parameter : Tensor
{
    /// <summary>Takes over a tensor, which becomes empty.</summary>
    /// <param name="data">Values; what computed them is forgotten.</param>
    /// <param name="requires_grad">False for a frozen parameter.</param>
    public Parameter(Tensor data, bool requires_grad = true)
        : base(TakeOver(data))
    {
        this.requires_grad = requires_grad;
    }

    private static IntPtr TakeOver(Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        using var leaf = data.detach();
        var handle = leaf.DecoupleFromNativeHandle();
        data.Dispose();
        return handle;
    }
}
