using System.Runtime.ExceptionServices;

namespace Parallax.Host.Data;

/// <summary>A batch on its way through the pipeline. The pipeline's lock guards all members but the contents of the batch.</summary>
internal sealed class BatchSlot(HostBatch batch)
{
    private ExceptionDispatchInfo? _fault;
    private int _faultPosition, _claimed, _unfinished;

    public HostBatch Batch => batch;

    /// <summary>Samples of the batch's epoch, in order.</summary>
    public long[] Order { get; private set; } = [];

    /// <summary>Place of the batch's first sample in the order.</summary>
    public long First { get; private set; }

    public bool IsClaimed => _claimed == batch.Size;

    public bool IsFinished => _unfinished == 0;

    /// <summary>Prepares for a batch of the samples from <paramref name="first"/> on.</summary>
    public void Begin(long epoch, long number, long[] order, long first, int batchSize)
    {
        (Order, First) = (order, first);
        (batch.Epoch, batch.Number, batch.Size) = (epoch, number, (int)Math.Min(batchSize, order.Length - First));
        (_claimed, _unfinished, _fault) = (0, batch.Size, null);
    }

    /// <summary>Takes the next positions for one worker.</summary>
    public (int Start, int End) Claim(int most)
    {
        var start = _claimed;
        _claimed = Math.Min(batch.Size, start + most);

        return (start, _claimed);
    }

    public void Finish(int count) => _unfinished -= count;

    /// <summary>Keeps the fault of the earliest position, so that the same one shows with any number of workers.</summary>
    public void Fail(int position, Exception fault)
    {
        if (_fault is null || position < _faultPosition)
        {
            (_fault, _faultPosition) = (ExceptionDispatchInfo.Capture(fault), position);
        }
    }

    public void ThrowIfFailed() => _fault?.Throw();
}
