using System.Text.Json;

namespace Parallax.Host.Tests.Watching;

/// <summary>Reads server-sent events as a browser does.</summary>
internal sealed class EventReader(Stream stream) : IDisposable
{
    private readonly StreamReader _reader = new(stream);

    /// <summary>The next event, its name and its data; null when the server has ended.</summary>
    public async Task<(string Name, JsonElement Data)?> NextAsync()
    {
        string? name = null, line;
        while ((line = await _reader.ReadLineAsync(TestContext.Current.CancellationToken)) is not null)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return (name!, JsonDocument.Parse(line["data: ".Length..]).RootElement);
            }
        }

        return null;
    }

    /// <summary>The next part that is sent, and what is in it.</summary>
    public async Task<(string Id, string Content)> NextPartAsync()
    {
        var (name, data) = (await NextAsync())!.Value;
        Assert.Equal("part", name);

        return (data.GetProperty("id").GetString()!, data.GetProperty("content").GetString()!);
    }

    /// <summary>Reads on until an event of this name.</summary>
    public async Task<JsonElement> SkipToAsync(string name)
    {
        while (true)
        {
            var (found, data) = (await NextAsync())!.Value;
            if (found == name)
            {
                return data;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
