package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.daemon.cli.Cluster;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.JsonText;
import dev.quorate.daemon.http.HttpHandler;
import dev.quorate.daemon.http.HttpReply;
import dev.quorate.daemon.http.HttpRequest;
import dev.quorate.daemon.secrets.SecretsException;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// What nodes ask each other on the admin port. `POST /v1/join` is for newcomers with a token,
/// `/v1/standing` for who wants to know why it is refused; everything else needs a certificate of
/// the cluster.
final class MemberRoutes implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(MemberRoutes.class);
  private static final String JSON = "application/json";

  /// What is asked again and again while something is unsettled.
  private static final List<String> OFTEN = List.of("POST /v1/pair", "POST " + HangingDisk.ROUTE);

  private final Cluster cluster;
  private final Enrolment enrolment;
  private final Rekeying rekeying;
  private final LogMembership membership;
  private final CertificateDesk certificates;
  private final AddressMover moving;

  MemberRoutes(
      Cluster cluster,
      Enrolment enrolment,
      Rekeying rekeying,
      LogMembership membership,
      CertificateDesk certificates,
      AddressMover moving) {
    this.moving = moving;
    this.certificates = certificates;
    this.rekeying = rekeying;
    this.membership = membership;
    this.cluster = cluster;
    this.enrolment = enrolment;
  }

  @Override
  public void handle(HttpRequest request, HttpReply reply) throws IOException {
    try {
      String route = request.method() + " " + request.path();
      if (route.equals("POST /v1/join")) {
        reply.send(200, JSON, enrolment.admit(request));
        return;
      }
      if (route.equals("POST /v1/standing")) {
        reply.send(200, JSON, certificates.standing(request.body()));
        return;
      }
      if (!request.trusted()) {
        error(
            reply,
            403,
            "HA-ADMIN-004",
            "a certificate of this cluster is needed",
            "join it first: hactl cluster join");
        return;
      }
      log.atLevel(OFTEN.contains(route) ? Level.DEBUG : Level.INFO)
          .addKeyValue("node", request.client())
          .addKeyValue("operation", route)
          .log("request by a member");
      Optional<String> asked = local(route, request);
      Optional<String> answer = asked.isPresent() ? asked : special(route, request);
      if (answer.isPresent()) {
        reply.send(200, JSON, answer.get());
        return;
      }
      switch (route) {
        case "GET /v1/facts" -> reply.send(200, JSON, FactsJson.of(cluster.facts()));
        case "POST /v1/pair" ->
            reply.send(200, JSON, cluster.greeted(request.client(), request.body()));
        case "POST /v1/ring-key" -> {
          rekeying.requested(request.body());
          reply.send(200, JSON, "{}");
        }
        case "POST /v1/start" -> {
          cluster.start();
          reply.send(200, JSON, "{}");
        }
        case "POST /v1/stop" -> {
          JsonNode body = ClusterJson.mapper().readTree(request.body());
          cluster.stop(Duration.ofMillis(body.path("patience").asLong(60_000)));
          reply.send(200, JSON, "{}");
        }
        default ->
            error(
                reply,
                404,
                "HA-ADMIN-002",
                "no such request: " + route,
                "do both nodes run the same version?");
      }
    } catch (HactlError e) {
      error(reply, 409, e.code(), e.message(), e.hint());
    } catch (SecretsException e) {
      error(reply, 409, "HA-ADMIN-005", String.valueOf(e.getMessage()), "");
    }
  }

  /// What this node alone can say, of its machine and of what runs on it.
  private Optional<String> local(String route, HttpRequest request) throws IOException {
    Supplier<NodeId> self = () -> cluster.facts().self().orElseThrow();
    return switch (route) {
      case "POST /v1/examine" ->
          Optional.of(Findings.format(cluster.examine(self.get(), Findings.asked(request.body()))));
      case "POST /v1/setup" ->
          Optional.of(
              Setups.format(
                  cluster.setUp(
                      self.get(), Findings.asked(request.body()), Setups.writes(request.body()))));
      case "POST /v1/last-words" ->
          Optional.of(
              LastWords.format(
                  cluster.lastWords(
                      self.get(),
                      Findings.asked(request.body()),
                      LastWords.asked(request.body()))));
      case "POST /v1/names" -> Optional.of(NodeNames.format(cluster.names(self.get())));
      default -> Optional.empty();
    };
  }

  /// What those answer who have routes of their own.
  private Optional<String> special(String route, HttpRequest request) throws IOException {
    return certificates
        .answer(route, request.client(), request.body())
        .or(() -> membership.answer(route, request))
        .or(() -> moving.answer(route, request));
  }

  private static void error(HttpReply reply, int status, String code, String message, String hint)
      throws IOException {
    reply.send(
        status, JSON, JsonText.object(Map.of("code", code, "message", message, "hint", hint)));
  }
}
