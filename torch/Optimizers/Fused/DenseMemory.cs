namespace Parallax.Torch;

/// <summary>Copies in the memory order of another tensor, made only where needed.</summary>
internal static class DenseMemory
{
    /// <summary>The tensor itself when type, device and memory order are those of <paramref name="like"/>; otherwise a copy that is.</summary>
    /// <param name="tensor">Any tensor.</param>
    /// <param name="like">A dense tensor of the same shape.</param>
    public static Tensor Matching(Tensor tensor, Tensor like)
    {
        var layout = new TensorLayout(tensor);
        var other = new TensorLayout(like);
        return layout.Type == other.Type && layout.Device == other.Device && layout.HasOrderOf(other) ? tensor : torch.empty_like(like).copy_(tensor);
    }
}
