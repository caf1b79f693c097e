package dev.quorate.daemon;

import dev.quorate.daemon.http.HttpHandler;
import dev.quorate.daemon.http.HttpReply;
import dev.quorate.daemon.http.HttpRequest;
import dev.quorate.daemon.metrics.DaemonMetrics;
import java.io.IOException;

/// What the metrics port serves.
record MetricsRoute(DaemonMetrics metrics) implements HttpHandler {
  @Override
  public void handle(HttpRequest request, HttpReply reply) throws IOException {
    boolean known = request.path().equals("/metrics");
    reply.send(
        known ? 200 : 404,
        "text/plain; version=0.0.4; charset=utf-8",
        known ? metrics.scrape() : "only /metrics is served here\n");
  }
}
