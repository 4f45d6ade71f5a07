namespace Parallax.Host.Tracking;

/// <summary>A line of a journal as it is read back.</summary>
/// <param name="Line">Its bytes, without the line end.</param>
/// <param name="Event">What it says; null when it cannot be read.</param>
internal sealed record SpooledEvent(byte[] Line, JournalEvent? Event);
