using System.Net;
using System.Net.Sockets;

namespace Kymo.Testing;

/// <summary>Ports for servers that cannot choose one themselves.</summary>
public static class Ports
{
    // Below those that systems give to outgoing connections and to whoever asks for any port, so that nobody is given it before the server starts.
    const int First = 10_000, Last = 32_000;

    static readonly HashSet<int> s_given = [];

    /// <summary>A port that nobody listens at, given to no other test of this process.</summary>
    public static int Free()
    {
        lock (s_given)
        {
            while (true)
            {
                var port = Random.Shared.Next(First, Last);
                if (s_given.Contains(port) || !IsFree(port)) continue;
                s_given.Add(port);
                return port;
            }
        }
    }

    static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Any, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
