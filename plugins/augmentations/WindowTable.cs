namespace Parallax.Plugins.Augmentations;

/// <summary>First pixel and weights of every output position along one axis. All first taps stand together, then all second ones, so that neighbouring
/// positions can be read at once; behind the last position there is room for <see cref="ColumnSum.Room"/> more, whose contents mean nothing.</summary>
/// <param name="starts">First pixel of each position.</param>
/// <param name="weights">Weights, [taps, positions + room].</param>
/// <param name="taps">Pixels of a window; those that a shorter one lacks have the weight 0.</param>
/// <param name="positions">Output positions.</param>
internal readonly ref struct WindowTable(Span<int> starts, Span<float> weights, int taps, int positions)
{
    private readonly Span<float> _weights = weights;

    public readonly Span<int> Starts = starts;

    public int Taps => taps;

    public int Positions => positions;

    public ref float Weight(int tap, int position) => ref _weights[(tap * Starts.Length) + position];
}
