package dev.quorate.daemon;

import dev.quorate.daemon.cli.Cluster;
import dev.quorate.daemon.cli.CommandTree;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.JsonText;
import dev.quorate.daemon.cli.Output;
import dev.quorate.daemon.http.HttpHandler;
import dev.quorate.daemon.http.HttpReply;
import dev.quorate.daemon.http.HttpRequest;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.CommandEnvelope;
import dev.quorate.resource.json.ClusterJson;
import dev.quorate.resource.json.UnknownCommandException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The admin API on the Unix socket. Whoever may open the socket may use it.
///
/// `POST /v1/run` executes a command line and streams its output; `GET /v1/state`, `GET /v1/facts`,
/// `GET /v1/history` and `POST /v1/propose` are for programs.
final class AdminRoutes implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(AdminRoutes.class);
  private static final String JSON = "application/json";

  private final Cluster cluster;

  AdminRoutes(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public void handle(HttpRequest request, HttpReply reply) throws IOException {
    try {
      switch (request.method() + " " + request.path()) {
        case "POST /v1/run" -> run(request, reply);
        case "GET /v1/state" -> reply.send(200, JSON, SecretFree.state(cluster.state()));
        case "GET /v1/facts" -> reply.send(200, JSON, FactsJson.of(cluster.facts()));
        case "GET /v1/history" ->
            reply.send(200, JSON, JsonText.object(Map.of("lines", cluster.history())));
        case "POST /v1/propose" -> propose(request, reply);
        default ->
            error(
                reply,
                404,
                "HA-ADMIN-002",
                "no such request: " + request.method() + " " + request.path(),
                "");
      }
    } catch (HactlError e) {
      error(reply, e.exit() == ExitCode.USAGE ? 400 : 409, e.code(), e.message(), e.hint());
    }
  }

  private void propose(HttpRequest request, HttpReply reply) throws IOException {
    ClusterCommand command;
    try {
      CommandEnvelope envelope =
          ClusterJson.decodeCommand(request.body().getBytes(StandardCharsets.UTF_8));
      command = envelope.command();
    } catch (UnknownCommandException e) {
      error(reply, 400, "HA-ADMIN-003", String.valueOf(e.getMessage()), "send a command envelope");
      return;
    }
    reply.send(200, JSON, JsonText.object(Map.of("note", cluster.propose(command))));
  }

  private static void error(HttpReply reply, int status, String code, String message, String hint)
      throws IOException {
    reply.send(
        status, JSON, JsonText.object(Map.of("code", code, "message", message, "hint", hint)));
  }

  private void run(HttpRequest request, HttpReply reply) throws IOException {
    List<String> words =
        request.body().isEmpty()
            ? List.of()
            : Arrays.stream(request.body().split("&"))
                .map(word -> URLDecoder.decode(word, StandardCharsets.UTF_8))
                .toList();
    StreamedOutput output = new StreamedOutput(reply);
    output.begin();
    ExitCode exit = CommandTree.run(words, request.client(), cluster, output);
    log.atDebug()
        .addKeyValue("operation", words.isEmpty() ? "" : words.getFirst())
        .addKeyValue("reason", exit)
        .log("command executed");
    output.exit(exit);
  }

  /// Lines as pieces of the reply, prefixed as [dev.quorate.daemon.cli.Hactl] reads them. Who has
  /// gone away is not told any more.
  private static final class StreamedOutput implements Output {
    private final HttpReply reply;
    private final StringBuilder waiting = new StringBuilder();
    private boolean gone;

    StreamedOutput(HttpReply reply) {
      this.reply = reply;
    }

    void begin() {
      write(" \n");
    }

    @Override
    public synchronized void line(String text) {
      prefixed('o', text);
    }

    @Override
    public synchronized void remark(String text) {
      prefixed('e', text);
    }

    private void prefixed(char kind, String text) {
      for (String line : text.split("\n", -1)) {
        waiting.append(kind).append(line).append('\n');
      }
      flush();
    }

    private void flush() {
      write(waiting.toString());
      waiting.setLength(0);
    }

    private void write(String text) {
      if (!gone) {
        try {
          reply.piece(text);
        } catch (IOException e) {
          gone = true;
        }
      }
    }

    synchronized void exit(ExitCode exit) throws IOException {
      write("x" + exit.code() + "\n");
      if (!gone) {
        reply.end();
      }
    }
  }
}
