using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web;

/// <summary>Routes as this service has them: what answers GET answers HEAD.</summary>
static class Routes
{
    static readonly string[] s_get = [HttpMethods.Get, HttpMethods.Head];
    static readonly string[] s_post = [HttpMethods.Post];

    /// <summary>A route that is read.</summary>
    public static void Get(this IEndpointRouteBuilder routes, string pattern, RequestDelegate answer) => routes.MapMethods(pattern, s_get, answer);

    /// <summary>A route that is given something.</summary>
    public static void Post(this IEndpointRouteBuilder routes, string pattern, RequestDelegate answer) => routes.MapMethods(pattern, s_post, answer);
}
