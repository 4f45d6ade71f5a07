namespace Parallax.Host.Configuration;

/// <summary>What <c>auto</c> became in a run: measured once, when it starts, and kept in its folder, so that a resumed run computes the same bits.</summary>
/// <param name="Threads">Threads of the CPU's arithmetic; null where the recipe gives them.</param>
/// <param name="Workers">Threads that read and augment images; null where the recipe gives them.</param>
internal sealed record MachineChoice(int? Threads, int? Workers);
