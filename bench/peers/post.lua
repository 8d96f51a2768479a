-- What wrk posts: the body of the file named in KYMO_BODY. Prints at the end: requests, microseconds, median and 99th percentile in
-- microseconds, failed requests.
local file = io.open(os.getenv("KYMO_BODY"), "rb")
wrk.method, wrk.body, wrk.headers["Content-Type"] = "POST", file:read("*a"), "application/json"
file:close()

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("said %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
