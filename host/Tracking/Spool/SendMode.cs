namespace Parallax.Host.Tracking;

/// <summary>How long a sender waits for a store, and what it tries once more.</summary>
internal enum SendMode
{
    /// <summary>The run is being written: it waits as long as it takes.</summary>
    Live,

    /// <summary>The run has ended: what is refused is put aside soon, so that the rest and the end get through.</summary>
    Final,

    /// <summary>An earlier run is sent while another one goes on.</summary>
    Background,

    /// <summary>The user asked for it: everything is tried once more, and a run that is gone is made anew.</summary>
    Sync,
}
