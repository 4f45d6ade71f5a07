namespace Parallax.Engine;

/// <summary>libtorch's anomaly detection, for the whole process, until disposed.</summary>
internal sealed class AnomalyMode : IDisposable
{
    private readonly int _before = Native.px_anomaly_mode();

    internal AnomalyMode(bool checkNan) => Native.Check(Native.px_set_anomaly_mode(1, checkNan ? 1 : 0), "detect_anomaly()");

    public void Dispose() => Native.Check(Native.px_set_anomaly_mode(_before, 1), "detect_anomaly()");
}
