using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kymo.App.Web;

/// <summary>
/// Browsers that showed a key once: a signed cookie that names no key, ends by itself, is read by no script and sent from no other site. It is
/// worth nothing to another process and nothing after a restart.
/// </summary>
sealed class Sessions(TimeProvider time)
{
    const string Cookie = "kymo_session";

    static readonly TimeSpan s_lasts = TimeSpan.FromHours(12);

    readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    /// <summary>Lets the browser in.</summary>
    public void Begin(HttpContext context)
    {
        var ends = time.GetUtcNow() + s_lasts;
        var text = ends.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        context.Response.Cookies.Append(Cookie, $"{text}.{Signature(text)}", Options(context, ends));
    }

    /// <summary>Forgets the browser.</summary>
    public static void End(HttpContext context) => context.Response.Cookies.Append(Cookie, "", Options(context, DateTimeOffset.UnixEpoch));

    /// <summary>Whether a request carries a session's cookie, valid or not.</summary>
    public static bool IsCarried(HttpContext context) => context.Request.Cookies.ContainsKey(Cookie);

    /// <summary>Whether a request comes from a browser that was let in.</summary>
    public bool Holds(HttpContext context) =>
        context.Request.Cookies[Cookie]?.Split('.') is [var ends, var signature]
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Signature(ends)))
        && long.TryParse(ends, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && time.GetUtcNow().ToUnixTimeSeconds() < seconds;

    string Signature(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(text)));

    static CookieOptions Options(HttpContext context, DateTimeOffset ends) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/", Expires = ends, IsEssential = true };
}
