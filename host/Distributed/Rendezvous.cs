namespace Parallax.Host.Distributed;

/// <summary>Where the processes of a run find each other: a file on one machine, or a port of the machine of rank 0.</summary>
/// <param name="Address">Host name or address of rank 0; null with a file.</param>
/// <param name="Port">TCP port there.</param>
/// <param name="File">Path of the file; null with an address.</param>
internal sealed record Rendezvous(string? Address, int Port, string? File);
