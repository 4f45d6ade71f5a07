using System.Net.Sockets;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class ConnectionFaultsTests
{
    [Fact]
    public void Describe_TimeLimitOfTheClient_IsInItsWords()
    {
        var given = new TimeoutException("no answer within 0.2 s (MLFLOW_HTTP_REQUEST_TIMEOUT)",
            new TaskCanceledException("given up", new SocketException(125)));

        var text = ConnectionFaults.Describe(given, new("http://localhost:5000"), hasAnswered: false);

        Assert.Equal("no answer within 0.2 s (MLFLOW_HTTP_REQUEST_TIMEOUT)", text);
    }
}
