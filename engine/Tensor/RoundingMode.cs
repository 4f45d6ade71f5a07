namespace Parallax.Torch;

public static partial class torch
{
    /// <summary>How a division rounds.</summary>
    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }

    internal static string? Text(this RoundingMode mode) => mode == RoundingMode.None ? null : mode.ToString();
}
