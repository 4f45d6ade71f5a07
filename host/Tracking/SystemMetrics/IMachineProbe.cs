namespace Parallax.Host.Tracking;

/// <summary>Measures a part of the machine.</summary>
internal interface IMachineProbe : IDisposable
{
    /// <summary>The values now, by MLflow's names without prefix; what cannot be measured is left out.</summary>
    IEnumerable<(string Name, double Value)> Measure();
}
