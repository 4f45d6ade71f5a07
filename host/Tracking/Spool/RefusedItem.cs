using System.Text;
using System.Text.Json;

namespace Parallax.Host.Tracking;

/// <summary>Something that the store did not take although it took other things. It is kept until it is sent or discarded by command.</summary>
/// <param name="Failure">Why.</param>
/// <param name="Reason">The words of the store.</param>
/// <param name="Event">What it says, as it shall be sent; null for a line of the journal that cannot be read.</param>
/// <param name="Raw">The line that cannot be read; null for all others.</param>
internal sealed record RefusedItem(StoreFailure Failure, string Reason, JournalEvent? Event, string? Raw)
{
    /// <summary>True when the same call may work later without anyone changing the server's settings.</summary>
    public bool MayPass => Failure != StoreFailure.Rejected;

    /// <summary>The item as a line of a journal.</summary>
    public SpooledEvent ToSpooled() => new(
        Event is null ? Encoding.UTF8.GetBytes(Raw ?? "") : JsonSerializer.SerializeToUtf8Bytes(Event, JournalJson.Default.JournalEvent), Event);
}
