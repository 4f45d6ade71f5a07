using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Parallax.Engine;

/// <summary>Where this process listens for the others.</summary>
internal static class NetworkAddress
{
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromMilliseconds(200);

    /// <summary>The given interface; loopback with a store file; otherwise the local address of the route to the master (the host name often maps to loopback).</summary>
    public static string Listening(ProcessGroupOptions options)
    {
        if (options.Interface is not null)
        {
            return options.Interface;
        }

        return options.StoreFile is not null ? "127.0.0.1" : Towards(options);
    }

    /// <summary>Asks again while the name is unknown: a cluster knows the name of a machine only once that has started.</summary>
    private static string Towards(ProcessGroupOptions options)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var probe = new Socket(SocketType.Dgram, ProtocolType.Udp);
                probe.Connect(options.MasterAddress, options.MasterPort);   // sends nothing: it only chooses a route
                var local = ((IPEndPoint)probe.LocalEndPoint!).Address;
                return (local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local).ToString();
            }
            catch (SocketException e) when (IsUnknownName(e) && clock.Elapsed < options.ConnectTimeout)
            {
                Thread.Sleep(BetweenQuestions);
            }
            catch (SocketException e)
            {
                throw new ProcessGroupException(
                    $"Rank {options.Rank} of {options.Size} finds no way to the master address '{options.MasterAddress}': {e.Message}. Give the host name or address of the machine of rank 0.", e);
            }
        }
    }

    private static bool IsUnknownName(SocketException e) => e.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData;
}
