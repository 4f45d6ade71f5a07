namespace Parallax.Torch;

/// <summary>A second object for the same native tensor, so that input and output of an operation in place can be disposed separately.</summary>
/// <remarks>Unlike <c>alias()</c> it is no view: autograd sees one tensor, as it does in PyTorch, where such an operation returns its input.</remarks>
internal static class TensorTwin
{
    /// <summary>The twin; it belongs to the current scope.</summary>
    public static torch.Tensor Twin(this torch.Tensor tensor)
    {
        var twin = torch.Tensor.UnsafeCreateTensor(Native.px_retain(tensor.Handle));
        GC.KeepAlive(tensor);
        return twin;
    }
}
