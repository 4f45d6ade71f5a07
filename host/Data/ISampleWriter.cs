namespace Parallax.Host.Data;

/// <summary>Makes the images of one sample and writes them into a batch. Each worker has its own.</summary>
internal interface ISampleWriter
{
    /// <param name="sample">Index in the data set.</param>
    /// <param name="epoch">Epoch, from 0.</param>
    /// <param name="batch">Receives images, index and label.</param>
    /// <param name="position">Place in the batch.</param>
    void Write(long sample, long epoch, HostBatch batch, int position);
}
