using System.Security.Cryptography;
using System.Text;
using Parallax.Contracts;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

/// <summary>A run with points and files against a server that misbehaves: points are counted, files are compared by hash.</summary>
public abstract class MisbehavingServer : IDisposable
{
    private protected const int Points = 200;
    private protected const string Full = "{\"error_code\":\"INTERNAL_ERROR\",\"message\":\"[Errno 28] No space left on device\"}";
    private protected static readonly CancellationToken None = CancellationToken.None;
    private protected static readonly string[] Paths = ["config/recipe.yaml", "pictures/loss.svg", "backbone.safetensors"];

    private protected MisbehavingServer()
    {
        Place.Settings = Place.Settings with { Uri = Server.Address };
    }

    private protected TrackingWorkplace Place { get; } = new();

    private protected FakeMlflowServer Server { get; } = new();

    public void Dispose()
    {
        Server.Dispose();
        Place.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static bool IsUpload(string path) => path.StartsWith("mlflow-artifacts/artifacts/", StringComparison.Ordinal);

    private protected static string PathOf(string key) => key.Split("/artifacts/", 2)[1];

    private protected static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private protected Dictionary<string, string> Hashes(string runId) =>
        Server.Artifacts.Where(a => a.Key.Contains(runId, StringComparison.Ordinal)).ToDictionary(a => PathOf(a.Key), a => Hash(a.Value));

    /// <returns>Hash of each file.</returns>
    private protected Dictionary<string, string> LogAll(ITrackedRun run, bool end = false)
    {
        var hashes = new Dictionary<string, string>();
        for (var step = 0; step < Points; step++)
        {
            run.LogMetric("m", step / 7.0, step);
            if (step % (Points / Paths.Length) == 0 && step / (Points / Paths.Length) < Paths.Length)
            {
                var path = Paths[step / (Points / Paths.Length)];
                var content = string.Concat(Enumerable.Repeat($"{path} ", 100));
                run.LogArtifact(Place.WriteFile("content", content), path);
                hashes[path] = Hash(Encoding.UTF8.GetBytes(content));
            }
        }

        if (end)
        {
            run.End(RunOutcome.Finished);
        }

        return hashes;
    }
}
