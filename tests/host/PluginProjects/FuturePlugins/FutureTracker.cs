namespace FuturePlugins;

[Plugin("future")]
public sealed class FutureTracker : ITrackerFactory
{
}
