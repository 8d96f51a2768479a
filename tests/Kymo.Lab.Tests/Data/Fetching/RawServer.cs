using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kymo.Lab.Tests.Data.Fetching;

/// <summary>A server on loopback that says exactly what a test tells it to, lies included.</summary>
sealed class RawServer : IDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly Func<int, string, byte[]> _answer;
    readonly Task _loop;

    /// <param name="answer">Gives the bytes to send for request number n (from 0) with the given head; the connection then closes.</param>
    public RawServer(Func<int, string, byte[]> answer)
    {
        _answer = answer;
        _listener.Start();
        _loop = Task.Run(ServeAsync);
    }

    public List<string> Requests { get; } = [];

    public Uri Address(string path = "/file.bin") => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}{path}");

    public static byte[] Response(string head, ReadOnlySpan<byte> body) =>
        [.. Encoding.ASCII.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n\r\n"), .. body];

    /// <summary>The first byte that a request's Range header asks for, 0 without one.</summary>
    public static int From(string head)
    {
        var line = head.Split("\r\n").FirstOrDefault(text => text.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : int.Parse(line["Range: bytes=".Length..].TrimEnd('-'));
    }

    public void Dispose()
    {
        _listener.Stop();
        _loop.Wait();
    }

    async Task ServeAsync()
    {
        for (var n = 0; ; n++)
        {
            try
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                var stream = connection.GetStream();
                var head = await ReadHeadAsync(stream);
                lock (Requests) Requests.Add(head);
                await stream.WriteAsync(_answer(n, head));
                connection.Client.Shutdown(SocketShutdown.Both);
            }
            catch (Exception error) when (error is SocketException or InvalidOperationException)
            {
                return;
            }
            catch (IOException)
            {
                // The client left; the next one is waited for.
            }
        }
    }

    static async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1) head.Append((char)one[0]);
        return head.ToString();
    }
}
