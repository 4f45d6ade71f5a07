using Parallax.Host.Evaluation;

namespace Parallax.Host.Tests.Evaluation;

public sealed class ProcessRowsTests
{
    [Theory]
    [InlineData(1)]     // a row at a time, though it has two numbers
    [InlineData(4)]     // two rows; the last block has one of the longest
    [InlineData(100)]   // all at once
    public async Task All_RowsOfUnequalNumbers_AreThoseOfOneProcess(long most)
    {
        const int processes = 3;
        long[] starts = [0, 3, 8, 10];
        var expected = Enumerable.Range(0, 20).Select(value => (float)value).ToArray();
        using var barrier = new Barrier(processes);
        var sent = new Tensor[processes];

        var all = await Task.WhenAll(Enumerable.Range(0, processes).Select(rank => Task.Factory.StartNew(
            () => Of(rank), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.All(all, values => Assert.Equal(expected, values));

        float[] Of(int rank)
        {
            using var scope = torch.NewDisposeScope();
            var rows = torch.tensor(expected).view(10, 2);
            var own = rows.narrow(0, starts[rank], starts[rank + 1] - starts[rank]);

            return [.. new ProcessRows(Gather, rank, most).All(own, starts).data<float>()];

            Tensor Gather(Tensor part)
            {
                sent[rank] = part;
                barrier.SignalAndWait();
                var joined = torch.cat(sent);
                barrier.SignalAndWait();

                return joined;
            }
        }
    }
}
