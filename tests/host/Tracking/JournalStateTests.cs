using System.Text.Json;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class JournalStateTests
{
    [Fact]
    public void Read_StateOfAnEarlierVersion_KeepsWhatItKnew()
    {
        var state = JsonSerializer.Deserialize("""{"offset": 7, "hasAdopted": true}""", JournalJson.Default.JournalState)!;

        Assert.Equal((7, true), (state.Offset, state.HasCorrectedChildren));
    }
}
