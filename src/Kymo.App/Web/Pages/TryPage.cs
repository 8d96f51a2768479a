using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web.Pages;

/// <summary>
/// <c>/try</c>: ask a loaded network. The page's script lists the models, sends what is dropped or recorded to the same endpoints that
/// programs use, and draws the answer.
/// </summary>
static class TryPage
{
    public static void Map(IEndpointRouteBuilder routes) => routes.Get("/try", context => context.Page("Try it", "/try", Markup.Of($"""
        <h1>Try it</h1>
        <p class="lead">Ask a network that this server has loaded. Recordings stay between this browser and this server.</p>
        <form id="ask">
        <label>Model <select id="model" disabled><option>looking for models …</option></select></label>
        <p id="about" class="note"></p>
        <div id="drop" class="drop">
        <p><label class="button" for="file">Choose a file</label> or drop it here<input id="file" type="file" multiple></p>
        <p id="microphone" hidden><button type="button" id="record" aria-pressed="false">● Record</button> <span id="recorded" role="status"></span></p>
        <p class="note" id="kinds"></p>
        </div>
        </form>
        <p id="said" role="status" aria-live="polite"></p>
        <section id="answer" hidden aria-labelledby="answer-title">
        <h2 id="answer-title">Answer</h2>
        <div id="top"></div>
        <figure id="picture" hidden><figcaption>Spectrogram of the recording, mel scale</figcaption><canvas id="spectrogram" width="900" height="220" role="img" aria-label="Spectrogram of the recording"></canvas><audio id="player" controls></audio></figure>
        <div id="over-time"></div>
        <dl id="facts" class="facts"></dl>
        <details id="whole"><summary>The whole answer as JSON</summary><pre id="json"></pre></details>
        </section>
        <noscript><p class="warning">This page needs its script: it records and draws. Without it, ask by <code>curl</code>; see <a href="/docs">the API</a>.</p></noscript>
        """), ["uplot.min.js", "charts.js", "try.js"]));
}
