package dev.quorate.daemon.http;

import java.io.IOException;

/// Answers requests. Called on a virtual thread of its own for each connection.
public interface HttpHandler {
  /// Answers one request by exactly one complete reply.
  ///
  /// @throws IOException if the client went away
  void handle(HttpRequest request, HttpReply reply) throws IOException;
}
