using Microsoft.Extensions.Time.Testing;
using Parallax.Host.Training;

namespace Parallax.Host.Tests.Training;

public sealed class LineLimitTests
{
    [Fact]
    public void Takes_ManyLines_AreTheFirstOneEvery15SecondsAndTheLast()
    {
        var time = new FakeTimeProvider();
        var limit = new LineLimit(time);
        List<int> taken = [];

        for (var second = 0; second <= 40; second++)
        {
            if (limit.Takes(isLast: second == 40))
            {
                taken.Add(second);
            }

            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 15, 30, 40], taken);
    }
}
