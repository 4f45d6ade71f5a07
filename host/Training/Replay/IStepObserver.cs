using Parallax.Host.Data;

namespace Parallax.Host.Training;

/// <summary>Looks at every step of a training and changes nothing of it. All calls come from the thread that trains.</summary>
internal interface IStepObserver
{
    /// <summary>Before a step: the position is the one it starts from.</summary>
    void BeginStep();

    /// <summary>A micro-batch is about to be used.</summary>
    /// <param name="batch">Valid during the call.</param>
    void OnBatch(HostBatch batch);

    /// <summary>After a step, before its loss can end the run: the position is behind it.</summary>
    /// <param name="loss">Its loss; null when it has not been read back from the device.</param>
    void EndStep(double? loss);
}
