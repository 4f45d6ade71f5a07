using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Parallax.Host.Tracking;

/// <summary>
/// Tells about outages of a store: one warning when one begins, one line when it is over. A store that comes and goes is told once, not each time.
/// </summary>
/// <param name="journal">Where values are kept meanwhile.</param>
/// <param name="isThere">False when the store was away from the start, which was told.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Told.</param>
internal sealed class OutageReport(RunJournal journal, bool isThere, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);   // so long after an outage, one shorter than LongEnough is not told
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(1);
    private DateTimeOffset? _began = isThere ? null : time.GetUtcNow();
    private DateTimeOffset? _lastEnd;
    private bool _isTold = !isThere;

    /// <summary>True while the run is being written: then the words may say that it goes on.</summary>
    public bool IsWritten { get; set; } = true;

    /// <summary>A call failed.</summary>
    public void Failed(Exception e)
    {
        var now = time.GetUtcNow();
        _began ??= now;
        if (_isTold || (now - _lastEnd < Quiet && now - _began < LongEnough))
        {
            return;
        }

        _isTold = true;
        var subject = !IsWritten ? "What" : journal.Header.ParentRunId is null ? "Training goes on; what" : "The program goes on; what";
        if (e is not StoreException fault)
        {
            logger.LogWarning(
                "The journal {Folder} cannot be read or written ({Reason}). {What} is logged is sent when it can.", journal.Folder, e.Message, subject);
            return;
        }

        var (what, later) = fault switch
        {
            { IsTransient: false } => ("takes nothing for this run now", ", and sent should that change"),
            { HasAnswered: true } => ("answers, but not as it should", " and sent later"),
            { InnerException: SqliteException } => ("cannot be written now", " and sent later"),
            _ => ("does not answer", " and sent later"),
        };
        logger.LogWarning(
            "The tracking store {Fault} ({Reason}). {What} is logged is kept in {Folder}{Later}.", what, fault.Message, subject, journal.Folder, later);
    }

    /// <summary>Everything was sent.</summary>
    public void Worked()
    {
        if (_began is null)
        {
            return;
        }

        if (_isTold)
        {
            logger.LogInformation("The tracking store works again; everything that waited is "
                + "there{Rest}.", journal.Refused.All.Count == 0 ? "" : " but for what it refused");
        }

        (_began, _isTold, _lastEnd) = (null, false, time.GetUtcNow());
    }
}
