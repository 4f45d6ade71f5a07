namespace Parallax.Host.Tracking;

/// <summary>One of MLflow's environment variables, and what becomes of it here.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsUsed">True when it does here what it does in MLflow.</param>
/// <param name="Effect">What it does, or why it does nothing.</param>
internal sealed record MlflowVariable(string Name, bool IsUsed, string Effect);
