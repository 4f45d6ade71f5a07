namespace Parallax.Host.Evaluation;

/// <summary>Features that come batch by batch, in one tensor: a list of batches and what is joined of them would need the memory twice.</summary>
/// <param name="most">Rows that may come.</param>
internal sealed class CollectedRows(long most)
{
    private Tensor? _rows;   // [most, F]
    private long _count;

    /// <summary>Whether none has come.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Takes rows, which are disposed.</summary>
    /// <param name="rows">[n, F]; the first say how wide all are.</param>
    public void Add(Tensor rows)
    {
        _rows ??= torch.empty([most, .. rows.shape[1..]], dtype: rows.dtype);
        using var place = _rows.narrow(0, _count, rows.shape[0]);
        place.copy_(rows);
        _count += rows.shape[0];
        rows.Dispose();
    }

    /// <summary>All that came, [N, F]; asked for once, and not where none has.</summary>
    public Tensor Take()
    {
        using var rows = _rows!;

        return rows.narrow(0, 0, _count);
    }
}
